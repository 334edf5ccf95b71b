-- finds public.docs.members_read
-- finds public.orgs.managers_write
create table public.orgs (id int primary key, name text);
create table public.members (org_id int references public.orgs (id), user_id uuid, role text, primary key (org_id, user_id));
create table public.docs (id int primary key, org_id int references public.orgs (id), body text);
alter table public.members enable row level security;
alter table public.orgs enable row level security;
alter table public.docs enable row level security;
create policy own on public.members for select to authenticated using (user_id = (select auth.uid()));
create policy members_read on public.docs for select to authenticated
  using (exists (select from public.members where members.user_id = (select auth.uid())));
create policy managers_write on public.orgs for update to authenticated
  using (exists (select from public.members as m where m.user_id = (select auth.uid()) and m.role = 'admin'));
-- near miss: the row is asked about; staff of no tenant; something else about the row
create table public.orgs (id int primary key, name text);
create table public.members (org_id int references public.orgs (id), user_id uuid, role text, primary key (org_id, user_id));
create table public.staff (user_id uuid primary key);
create table public.docs (id int primary key, org_id int references public.orgs (id), is_public boolean not null, body text);
alter table public.members enable row level security;
alter table public.staff enable row level security;
alter table public.docs enable row level security;
create policy own on public.members for select to authenticated using (user_id = (select auth.uid()));
create policy own on public.staff for select to authenticated using (user_id = (select auth.uid()));
create policy members_read on public.docs for select to authenticated
  using (exists (select from public.members as m where m.user_id = (select auth.uid()) and m.org_id = docs.org_id));
create policy staff_write on public.docs for update to authenticated
  using (exists (select from public.staff as s where s.user_id = (select auth.uid())));
create policy public_read on public.docs for select to authenticated
  using (is_public and exists (select from public.members as m where m.user_id = (select auth.uid())));

-- finds public.docs.deleted_at
create table public.docs (id int primary key, user_id uuid, deleted_at timestamptz);
alter table public.docs enable row level security;
create policy see on public.docs for select to authenticated using (user_id = (select auth.uid()) and deleted_at is null);
create policy own on public.docs for update to authenticated using (user_id = (select auth.uid()));
-- near miss: the owner sees what is deleted; nobody but servers deletes
create table public.docs (id int primary key, user_id uuid, deleted_at timestamptz);
alter table public.docs enable row level security;
create policy see on public.docs for select to authenticated using (deleted_at is null);
create policy own on public.docs to authenticated using (user_id = (select auth.uid()));
create table public.notes (id int primary key, user_id uuid, deleted_at timestamptz);
alter table public.notes enable row level security;
revoke all on public.notes from anon, authenticated;
grant select, update (id) on public.notes to authenticated;
create policy see on public.notes for select to authenticated using (deleted_at is null);
create policy own on public.notes for update to authenticated using (user_id = (select auth.uid()));

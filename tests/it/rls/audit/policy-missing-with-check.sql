-- finds public.notes.own
create table public.notes (id int primary key, user_id uuid not null, shared boolean not null);
alter table public.notes enable row level security;
create policy own on public.notes for update to authenticated using (user_id = (select auth.uid()) or shared);
-- near miss: USING alone asks for the owner; a check of its own
create table public.notes (id int primary key, user_id uuid not null, shared boolean not null);
alter table public.notes enable row level security;
create policy own on public.notes for update to authenticated using (user_id = (select auth.uid()));
create policy shared on public.notes for update to authenticated
  using (user_id = (select auth.uid()) or shared) with check (user_id = (select auth.uid()));

-- finds public.notes
create role staff nologin;
grant authenticated to staff;
create table public.notes (id int primary key, user_id uuid);
alter table public.notes enable row level security;
create policy own on public.notes for select to authenticated using (user_id = (select auth.uid()));
create policy all_of_them on public.notes for select to staff using (true);
-- near miss: other commands, other roles, restrictive
create table public.notes (id int primary key, user_id uuid);
alter table public.notes enable row level security;
create policy own on public.notes for select to authenticated using (user_id = (select auth.uid()));
create policy change on public.notes for update to authenticated using (user_id = (select auth.uid()));
create policy public_ones on public.notes for select to anon using (user_id is null);
create policy floor on public.notes as restrictive to authenticated using (id > 0);

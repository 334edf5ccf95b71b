-- finds public.notes
create table public.notes (id int primary key, user_id uuid);
alter table public.notes enable row level security;
create policy floor on public.notes as restrictive for select to authenticated using (user_id = (select auth.uid()));
-- near miss
create table public.notes (id int primary key, user_id uuid);
alter table public.notes enable row level security;
create policy floor on public.notes as restrictive for select to authenticated using (id > 0);
create policy own on public.notes for select to authenticated using (user_id = (select auth.uid()));

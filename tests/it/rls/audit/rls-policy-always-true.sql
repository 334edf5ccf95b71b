-- finds public.notes.change
create table public.notes (id int primary key, user_id uuid);
alter table public.notes enable row level security;
create policy change on public.notes for update using (id is not null and (select auth.uid()) = (select auth.uid()));
-- near miss: reading is public; for servers; for one's own; of a column that may be NULL
create table public.notes (id int primary key, user_id uuid, shared boolean);
alter table public.notes enable row level security;
create policy read on public.notes for select using (true);
create policy servers on public.notes to service_role using (true);
create policy own on public.notes for update using (user_id = (select auth.uid()) and true);
create policy shared on public.notes for delete to authenticated using (shared is not null and user_id = (select auth.uid()));

-- finds public.notes.own
create table public.notes (id int primary key, user_id uuid);
alter table public.notes enable row level security;
create policy own on public.notes for select using (user_id is not distinct from (select auth.uid()));
-- near miss: the column is never NULL; an equality
create table public.notes (id int primary key, user_id uuid not null, editor_id uuid);
alter table public.notes enable row level security;
create policy own on public.notes for select using (user_id is not distinct from (select auth.uid()));
create policy edit on public.notes for update using (editor_id = (select auth.uid()));

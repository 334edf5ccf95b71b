-- finds public.notes.change
create table public.notes (id int primary key, user_id uuid);
alter table public.notes enable row level security;
create policy change on public.notes for update to authenticated using (user_id = (select auth.uid()));
-- near miss: a policy for reading; one for every command; one for others too
create table public.notes (id int primary key, user_id uuid);
alter table public.notes enable row level security;
create policy change on public.notes for update to authenticated using (user_id = (select auth.uid()));
create policy read on public.notes for select using (user_id = (select auth.uid()));
create table public.drafts (id int primary key, user_id uuid);
alter table public.drafts enable row level security;
create policy own on public.drafts to authenticated using (user_id = (select auth.uid()));

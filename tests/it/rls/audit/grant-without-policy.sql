-- finds public.notes
create table public.notes (id int primary key, user_id uuid);
alter table public.notes enable row level security;
create policy own on public.notes for select to authenticated using (user_id = (select auth.uid()));
-- near miss
create table public.notes (id int primary key, user_id uuid);
alter table public.notes enable row level security;
revoke all on public.notes from anon, authenticated;
grant select on public.notes to authenticated;
create policy own on public.notes for select to authenticated using (user_id = (select auth.uid()));

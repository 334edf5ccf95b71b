-- finds public.notes.own
create table public.notes (id int primary key, user_id uuid);
alter table public.notes enable row level security;
revoke all on public.notes from anon, authenticated;
create policy own on public.notes for select to authenticated using (user_id = (select auth.uid()));
-- near miss: a privilege on one column is one
create table public.notes (id int primary key, user_id uuid);
alter table public.notes enable row level security;
revoke all on public.notes from anon, authenticated;
grant select (id) on public.notes to authenticated;
create policy own on public.notes for select to authenticated using (user_id = (select auth.uid()));

-- finds public.notes.editors
create role editors nologin;
grant editors to authenticated;
create table public.notes (id int primary key);
alter table public.notes enable row level security;
create policy editors on public.notes for select to editors using (true);
-- near miss: the other way round
create role editors nologin;
grant authenticated to editors;
create table public.notes (id int primary key);
alter table public.notes enable row level security;
create policy editors on public.notes for select to editors using (true);

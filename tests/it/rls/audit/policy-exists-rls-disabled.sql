-- finds public.notes
create table public.notes (id int, at date, primary key (id, at)) partition by range (at);
create policy own on public.notes using (true);
-- near miss
create table public.notes (id int, at date, primary key (id, at)) partition by range (at);
create policy own on public.notes using (true);
alter table public.notes enable row level security;

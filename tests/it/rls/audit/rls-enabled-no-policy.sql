-- finds public.notes
create table public.notes (id int primary key);
alter table public.notes enable row level security;
-- near miss: for servers alone; a denial that is spelled out
create table public.jobs (id int primary key);
alter table public.jobs enable row level security;
revoke all on public.jobs from anon, authenticated;
create table public.notes (id int primary key);
alter table public.notes enable row level security;
create policy nobody on public.notes using (false);

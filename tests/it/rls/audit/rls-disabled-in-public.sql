-- finds public.notes
create table public.notes (id int primary key);
revoke all on public.notes from anon, authenticated;
grant insert on public.notes to anon;
-- near miss: not in the API; nobody from outside may; protected
create schema private;
grant usage on schema private to anon;
create table private.notes (id int primary key);
grant select on private.notes to anon;
create table public.jobs (id int primary key);
revoke all on public.jobs from anon, authenticated;
create table public.notes (id int primary key);
alter table public.notes enable row level security;

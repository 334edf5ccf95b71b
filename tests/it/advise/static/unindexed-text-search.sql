-- finds public.notes.search
create table public.notes (id int primary key, body text, search tsvector generated always as (to_tsvector('simple', body)) stored);
create index on public.notes (search);
-- finds public.closed.search
-- Nobody reads it whom a policy binds.
create table public.closed (id int primary key, search tsvector);
alter table public.closed enable row level security;
-- near miss: GIN, GiST, and what policies would keep it from
create table public.notes (id int primary key, body text, a tsvector, b tsvector);
create index on public.notes using gin (a);
create index on public.notes using gist (b);
create table public.guarded (id int primary key, owner text, search tsvector);
alter table public.guarded enable row level security;
create policy own on public.guarded using (owner = current_user);
create index on public.guarded (owner);

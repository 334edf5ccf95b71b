-- finds public.notes.search
create table public.notes (id int primary key, body text, search tsvector generated always as (to_tsvector('simple', body)) stored);
create index on public.notes (search);
-- near miss: GIN, and GiST
create table public.notes (id int primary key, body text, a tsvector, b tsvector);
create index on public.notes using gin (a);
create index on public.notes using gist (b);

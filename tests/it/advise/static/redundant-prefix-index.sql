-- finds public.notes_at
-- finds public.notes_down
-- finds public.notes_small
create table public.notes (id int primary key, at date, body text);
create index notes_at on public.notes (at);
create index notes_at_body on public.notes (at, body);
create index notes_down on public.notes (body desc);
create index notes_body_id on public.notes (body, at, id);
create index notes_small on public.notes (id, at);
create index notes_large on public.notes (id, at) include (body);
-- Of twins, one is said to be a duplicate, and the other to be a beginning.
create index notes_twin on public.notes (id, at);
-- near miss: what is unique, what leads elsewhere, what has fewer rows, what a B-tree does not do
create table public.notes (id int primary key, at date, body text, a tsvector, b tsvector);
create unique index on public.notes (at);
create index on public.notes (at, body);
create index on public.notes (body, at);
create index on public.notes (id, body) where at is null;
create index on public.notes (lower(body));
create index on public.notes (upper(body), at);
create index on public.notes using gin (a);
create index on public.notes using gin (a, b);
create index on public.notes using brin (at);

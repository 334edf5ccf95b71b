-- finds public.notes_data
-- finds public.notes_tags
-- finds public.notes_during
-- finds public.stays_at
-- finds public.stays_within
-- finds public.stays_more
create table public.notes (id int primary key, data jsonb, tags text[], during tstzrange);
create index notes_data on public.notes (data);
create index notes_tags on public.notes using hash (tags);
create index notes_during on public.notes (during, id);
create extension hstore;
create type public.span as range (subtype = float8);
create domain public.days as daterange;
create table public.stays (id int primary key, at public.days, within public.span, more hstore);
create index stays_at on public.stays (at);
create index stays_within on public.stays (within);
create index stays_more on public.stays (more);
-- near miss: the right one beside it, a part of the document, a key
create table public.notes (id int primary key, data jsonb, tags text[], names text[]);
create index on public.notes (data);
create index on public.notes using gin (data jsonb_path_ops);
create index on public.notes ((data ->> 'kind'));
create index on public.notes using gin (tags);
create unique index on public.notes (names);
create type public.hstore as (a int);
create table public.stays (id int primary key, at daterange, more public.hstore, exclude using gist (at with &&));
create index on public.stays (at);
create index on public.stays (more);

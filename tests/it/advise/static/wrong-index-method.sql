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
-- finds public.logs_one
-- finds public.logs_two
-- One index serves for both.
create table public.logs (at date, data jsonb) partition by range (at);
create table public.logs_a partition of public.logs for values from ('2020-01-01') to ('2021-01-01');
create index logs_one on public.logs (data);
create index logs_two on public.logs (data, at);
-- finds public.guarded_data
-- It is said, and no fix given.
create table public.guarded (id int primary key, owner text, data jsonb);
create index on public.guarded (owner);
create index guarded_data on public.guarded (data);
alter table public.guarded enable row level security;
create policy own on public.guarded using (owner = current_user);
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

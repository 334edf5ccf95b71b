-- finds public.notes_data
-- finds public.notes_tags
-- finds public.notes_during
create table public.notes (id int primary key, data jsonb, tags text[], during tstzrange);
create index notes_data on public.notes (data);
create index notes_tags on public.notes using hash (tags);
create index notes_during on public.notes (during, id);
-- near miss: the right one beside it, a part of the document, a key
create table public.notes (id int primary key, data jsonb, tags text[], names text[]);
create index on public.notes (data);
create index on public.notes using gin (data jsonb_path_ops);
create index on public.notes ((data ->> 'kind'));
create index on public.notes using gin (tags);
create unique index on public.notes (names);

-- finds public.notes.id
-- finds public.links.id
-- finds public.tags.id
-- finds public.odd
create table public.notes (id serial primary key);
select setval('public.notes_id_seq', 2000000000);
create table public.links (id smallint generated always as identity primary key);
select setval('public.links_id_seq', 20000);
-- The sequence has more values than the column.
create sequence public.all_tags;
create table public.tags (id int primary key default nextval('public.all_tags'));
select setval('public.all_tags', 1800000000);
create sequence public.odd increment -1 minvalue -100 maxvalue -1;
select setval('public.odd', -90);
-- near miss: far from the end, or with none
create table public.notes (id serial primary key);
select setval('public.notes_id_seq', 200000000);
create table public.links (id bigserial primary key);
select setval('public.links_id_seq', 2000000000);
create sequence public.round maxvalue 100 cycle;
select setval('public.round', 99);
create sequence public.fresh maxvalue 10;

-- finds public.notes.data
-- finds public.notes.many
create table public.notes (id int primary key, data json, many json[]);
-- near miss: jsonb, and a type of one's own with that name
create schema app;
create type app.json as (a int);
create table public.notes (id int primary key, data jsonb, own app.json);

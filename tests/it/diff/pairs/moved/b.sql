create extension citext schema public; create extension moddatetime schema public;
create table t (a int, m timestamptz); create trigger tr before update on t for each row execute function moddatetime(m);
create table u (c citext primary key, d citext[] default '{}', check (c <> 'x')); create index on u (lower(c));
create function f(citext) returns citext language sql as 'select $1'; create view v as select c from u where c = 'q'; create domain dd as citext;
create extension unaccent schema public; create text search dictionary d2 (template = public.unaccent, rules = 'unaccent');
create table told (b text);

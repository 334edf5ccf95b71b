create schema x; create extension citext schema x; create extension moddatetime schema x;
create table t (a int, m timestamptz); create trigger tr before update on t for each row execute function x.moddatetime(m);
create table u (c x.citext primary key, d x.citext[] default '{}', check (c operator(x.<>) 'x')); create index on u (lower(c));
create function f(x.citext) returns x.citext language sql as 'select $1'; create view v as select c from u where c operator(x.=) 'q'; create domain dd as x.citext;
create schema y; create extension unaccent schema y; create text search dictionary d2 (template = y.unaccent, rules = 'unaccent');
create extension pg_trgm; create table told (b text); create index on told using gin (b gin_trgm_ops);

-- routines
create schema routines;
set search_path = routines;
create schema routines_s;

-- routines 2
create schema routines_2;
set search_path = routines_2;
create table t(id int, a text default 'x', v int);
create function same(a int) returns int language sql as 'select 1';
create function rename_arg(a int) returns int language sql as 'select 1';
create function name_arg(int) returns int language sql as 'select 1';
create function drop_default(a int default 1) returns int language sql as 'select 1';
create function add_default(a int) returns int language sql as 'select 1';
create function ret(a int) returns int language sql as 'select 1';
create function outs(out a int, out b int) language sql as 'select 1,2';
create function tab() returns table(a int, b text) language sql as 'select 1,null';
create function attrs(a int) returns setof int language sql as 'select 1';
create function attrs2(a int) returns setof int language sql stable strict leakproof security definer parallel safe cost 3 rows 5 set search_path to public set work_mem to '1MB' as 'select 1';
create function lang(a int) returns int language sql as 'select 1';
create function kind(a int) returns int language sql as 'select 1';
create procedure proc(a int) language sql as 'select 1';
create procedure proc2(a int, inout b int) language sql as 'select 1';
create aggregate ag(int) (sfunc=int4pl, stype=int);
create aggregate ag2(int) (sfunc=int4pl, stype=int);
create aggregate ag3(float8 order by anyelement) (sfunc=ordered_set_transition, stype=internal, finalfunc=percentile_disc_final, finalfunc_extra=true);
create function chk(int) returns bool language sql immutable as 'select true';
alter table t add constraint c check (chk(id));

-- overloads
create schema overloads;
set search_path = overloads;
create table t(id int default 1);
create function f(a int) returns int language sql as 'select 1';
create function f(a text) returns int language sql as 'select 1';
alter table t alter id set default f(1);
create view v as select f('x'::text) as a, f(2) as b;
create procedure pr(a int) language sql as 'select 1';
create function g(a int, b int default 2) returns int language sql as 'select 1';
create view v2 as select g(1) as q;

-- ordset
create schema ordset;
set search_path = ordset;
create table t();
create function mysum(int,int) returns int language sql as 'select $1+$2';

-- agg changes
create schema agg_changes;
set search_path = agg_changes;
create function s1(int,int) returns int language sql as 'select 1';
create function fin(int) returns text language sql as 'select null';
create aggregate g(int)(sfunc=s1, stype=int, finalfunc=fin);
create aggregate h(int)(sfunc=s1, stype=int);
create aggregate i(float8 order by anyelement)(sfunc=ordered_set_transition, stype=internal, finalfunc=percentile_disc_final, finalfunc_extra);
create view v as select g(1) as x, h(2) as y;
grant execute on function g(int) to a;
comment on aggregate g(int) is 'g';
alter aggregate h(int) owner to a;
create function s3(int,int,text) returns int language sql as 'select 1';
create aggregate k(x int, y text)(sfunc=s3, stype=int);

-- dollar
create schema dollar;
set search_path = dollar;
create table t();

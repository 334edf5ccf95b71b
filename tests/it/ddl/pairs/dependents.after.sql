-- func replaced
create schema func_replaced;
set search_path = func_replaced;
create function tf() returns trigger language plpgsql as $$begin return new; end$$;
create table t(id int primary key, n text, k int);
create function f(int) returns bigint language sql immutable as 'select 1::bigint';
grant execute on function f(int) to a;
comment on function f(int) is 'f';
revoke execute on function f(int) from public;
create view v as select f(id) as x from t;
grant select on v to a;
alter table t add check (f(k)::int > 0), alter k set default f(3);
create index i on t((f(id)::int));
comment on index i is 'i';
--14: create function g(int) returns int language sql begin atomic select f($1)::int; end;
create policy p on t using (f(id)::int = 1);
comment on policy p on t is 'p';
--14: create statistics st on (f(k)::int), id from t;
--14: comment on statistics st is 'st';
create domain d as int check (f(value)::int > 0);
create trigger tt before insert on t for each row when (f(new.id)::int = 2) execute function tf();
alter table t add g int generated always as (f(id)::int) stored;
create rule r as on update to t where f(new.id)::int=3 do also insert into t(id) values (0);
create aggregate ag(int)(sfunc=int4pl, stype=int);

-- col retyped
create schema col_retyped;
set search_path = col_retyped;
create table t(id int primary key, n text, k bigint, z int);
create function tf() returns trigger language plpgsql as 'begin return new; end';
create trigger t1 before update of n on t for each row when (old.n is distinct from new.n) execute function tf();
alter table t disable trigger t1;
comment on trigger t1 on t is 't1';
create policy p on t using (n = 'x');
create rule r as on update to t where new.n = 'y' do also insert into t(id) values (0);
create statistics st on n, k from t;
--14: create statistics st2 on (k+1) from t;
comment on statistics st is 'st';
alter statistics st set statistics 7;
--15: create publication pb for table t (id, n) where (id > 2);
--15: create publication pb2 for table t (id, k);
--14: create function g() returns setof varchar language sql begin atomic select n from t; end;
--14: grant execute on function g() to public;
create view v as select n, k from t;

-- type replaced
create schema type_replaced;
set search_path = type_replaced;
create type e as enum ('c','a','z','b');
create type c as (x text, y e, z int);
create table t(id int primary key, v e default 'a', w e[]);
create function f(e) returns e language sql as 'select $1';
grant execute on function f(e) to a;
revoke execute on function f(e) from public;
comment on function f(e) is 'f';
create function g(e[] default '{a}') returns setof c language sql as 'select null::c';
create function agf(e,e) returns e language sql as $$select $1$$;
create aggregate ag(e) (sfunc=agf, stype=e);
create procedure p(inout x e) language plpgsql as 'begin end';
create policy pp on t using (v = 'a');
create view vw as select f(v) as q from t;
create domain d as e check (value <> 'b');
create function tf() returns trigger language plpgsql as $$begin return new; end$$;
create trigger tr before insert on t for each row when (new.v = 'a') execute function tf();
grant usage on type e to a;
comment on type e is 'e';

-- policies
create schema policies;
set search_path = policies;
create table t(id int, o name);
alter table t enable row level security;
create policy a on t using (true);
create policy b on t for select using (o = current_user);
create policy c on t as restrictive for all using (id > 1);
create policy d on t for select using (true);
create policy e on t as restrictive for update to public, r2 using (true) with check (id = 1);
create policy "F g" on t for delete to r2 using (id in (select id from t t2));
comment on policy "F g" on t is 'x';

-- stats
create schema stats;
set search_path = stats;
create schema stats_s;
create table stats_s.t(a int, b text, c int);
create statistics stats_s.s1 on a, b from stats_s.t;
create statistics stats_s.s2 (ndistinct, mcv) on a, c from stats_s.t;
--14: create statistics stats_s.s3 on (a-c) from stats_s.t;
--14: create statistics public.s4 on lower(b), (a*2), c from stats_s.t;
alter statistics stats_s.s2 set statistics 0;
--14: alter statistics stats_s.s3 owner to r1;
comment on statistics stats_s.s1 is 's';

create schema lib;
create function lib.is_fine(v text) returns boolean immutable language sql as $$ select length(v) > 2 $$;
create function lib.norm(v text) returns text immutable language sql return lower(v);
create function lib.next_code() returns text volatile language sql as $$ select 'c' || 1 $$;
create function lib.may(who text) returns boolean stable language sql as $$ select who = current_user $$;
create domain lib.code as text default lib.next_code() check (lib.is_fine(value));
create table doc (
    id int primary key,
    title text default lib.next_code() check (lib.is_fine(title)),
    folded text generated always as (lib.norm(title)) stored,
    code lib.code,
    owner text
);
create index doc_norm on doc (lib.norm(title)) where lib.is_fine(title);
create statistics doc_stats (mcv) on lib.norm(title), owner from doc;
alter table doc enable row level security;
create policy own on doc for all to public using (lib.may(owner)) with check (lib.may(owner) and lib.is_fine(title));
create view fine as select id, lib.norm(title) as title from doc where lib.is_fine(title);
create function lib.touched() returns trigger language plpgsql as $$ begin new.owner := 'x'; return new; end $$;
create trigger touch before update of title on doc for each row when (lib.is_fine(new.title)) execute function lib.touched();
create function lib.total(state int, v int) returns int immutable language sql as 'select state + v';
create aggregate lib.plus (int) (sfunc = lib.total, stype = int, initcond = '0');
create procedure lib.work(inout n int) language plpgsql as $$ begin n := n + 1; end $$;
create function lib.over(a int) returns int language sql as 'select a';
create function lib.over(a int, b int default 3) returns int language sql as 'select a + b';
create function lib.rows(out id int, out title text) returns setof record language sql begin atomic select id, title from doc; end;
comment on function lib.over(int) is 'one';
create schema more_agg_replaced;
set search_path = more_agg_replaced;
create table t (a int, g text);
create function st(s int, v int) returns int language sql immutable as 'select s + v';
create aggregate tot (int) (sfunc = st, stype = int, initcond = '0');
create view v as select g, tot(a) from t group by g;
create materialized view mv as select tot(a) as x from t;
create function f() returns int language sql begin atomic select tot(a) from t; end;
create policy p on t using (a < (select tot(a) from t));
create schema more_func_rettype_used_everywhere;
set search_path = more_func_rettype_used_everywhere;
create function trg() returns trigger language plpgsql as 'begin return new; end';
create function k(i int) returns int language sql immutable as 'select i';
create table t (a int default k(1), b int, g int generated always as (k(a)) stored, check (k(b) > 0), exclude (b with =) where (k(b) > 1));
create index on t (k(a));
create index on t (a) where k(a) > 1;
create view v as select k(a) from t;
create policy p on t using (k(a) = 1);
create domain d as int default k(3) check (k(value) > 0);
create trigger tr before update on t for each row when (k(new.a) > 1) execute function trg();
create statistics st on (k(a)), b from t;
create rule r as on delete to t where k(old.a) > 3 do instead nothing;
create function u(x int default k(2)) returns int language sql begin atomic select k(x); end;
create schema more_transforms;
set search_path = more_transforms;
create transform for int language sql (to sql with function int4recv(internal));
create function early(v int) returns int language sql as 'select v';

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

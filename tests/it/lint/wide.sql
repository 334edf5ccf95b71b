-- Files in the manner of other linters' catalogues and their near misses: as in cases.sql, on schema.sql and wide_schema.sql.

-- case quoted index per-file: index-not-concurrent
create index "By ""qty""" on "Shop"."Order Items" (qty);
-- case index method after only and a comment per-statement: index-not-concurrent
create index/*x*/on/*y*/only/*z*/"Shop"."Order Items"using hash(qty);
-- case index of nulls not distinct per-file since 15: index-not-concurrent
create unique index books_nd on books (title) nulls not distinct;
-- case index of a partition per-file: index-not-concurrent
create index readings_1_at on readings_1 (at);
-- case index on a partitioned table put together per-statement:
create index readings_at on only readings (at);
create index concurrently readings_1_at on readings_1 (at);
alter index readings_at attach partition readings_1_at;
-- case index concurrently on a partitioned table with if not exists per-statement: concurrently-on-partitioned
create index concurrently if not exists readings_at on readings (at);
-- case unique index concurrently on a view's table per-file: concurrently-in-transaction
create unique index concurrently if not exists prices_price on prices (price);
-- case drop index if exists of two, one quoted per-file: drop-index-not-concurrent
DROP INDEX IF EXISTS "Shop"."Items by Name", public.nothing RESTRICT;
-- case drop of a partitioned index concurrently per-statement: concurrently-on-partitioned
drop index concurrently parts_v;
-- case reindex of a partitioned table concurrently per-statement:
reindex table concurrently readings;
-- case reindex with verbose option per-statement: reindex-not-concurrent
reindex (verbose true, concurrently false) index public.books_title;
-- case reindex of the database per-statement since 16: reindex-not-concurrent
reindex database;
-- case reindex concurrently in a transaction per-file: concurrently-in-transaction
reindex index concurrently books_title;
-- case reindex concurrently by its option in begin per-statement: concurrently-in-transaction
begin;
reindex (concurrently) table books;
commit;
-- case rename an index through alter table per-file:
alter table books_title rename to books_title_ix;
-- case foreign key not valid with everything after it per-file:
alter table only "Shop"."Order Items" add constraint "item book" foreign key ("Id") references books (id) match full on update cascade on delete set null not deferrable not valid;
-- case foreign key composite per-file: fk-validates, fk-column-not-indexed
alter table "Shop"."Order Items" add column b bigint, add column m bigint, add foreign key (b, m) references loans (book_id, member_id);
-- case foreign key composite whose index has another order per-file:
alter table loans add constraint loans_self foreign key (member_id, book_id) references loans (member_id, book_id) not valid;
-- case validate a foreign key of the past per-file:
alter table loans validate constraint loans_book;
-- case validate a check of the past and add a column per-file:
alter table books validate constraint pages_some;
-- case validate and another action in one statement per-file: validate-in-same-transaction
alter table books add column n int, validate constraint pages_some;
-- case add and validate in one statement per-file: validate-in-same-transaction
alter table books add constraint p check (price > 0) not valid, validate constraint p;
-- case foreign key with smallint per-file: fk-type-mismatch, fk-locks-referenced-table, fk-column-not-indexed
create table public.a2 (id bigint primary key, book smallint references public.books);
-- case foreign key varchar to text per-file: fk-locks-referenced-table, fk-column-not-indexed
create table public.a2 (id bigint primary key, isbn varchar references public.books (isbn));
-- case foreign key of a domain per-file: fk-locks-referenced-table, fk-column-not-indexed
create table public.a2 (id bigint primary key, isbn public.isbn references public.books (isbn));
-- case not enforced foreign key per-file since 18:
alter table loans add constraint loans_m foreign key (member_id) references members (id) not enforced;
-- case not enforced check per-file since 18:
alter table books add constraint p check (price > 0) not enforced;
-- case check no inherit not valid per-file:
alter table books add constraint p check (price > 0) no inherit not valid;
-- case check no inherit per-file: check-validates
alter table books add constraint p check (price > 0) no inherit;
-- case check with a column that exists if it does not per-file:
alter table books add column if not exists price numeric check (price > 0);
-- case unique nulls not distinct per-file since 15: unique-constraint-builds-index
alter table books add constraint t unique nulls not distinct (title) include (price);
-- case unique deferrable by an index per-statement:
create unique index concurrently bk on books (title);
alter table books add constraint bk unique using index bk deferrable initially deferred;
-- case unique on a partitioned table per-file: unique-constraint-builds-index
alter table readings add constraint r unique (sensor, at);
-- case primary key of columns that are not null per-file: primary-key-builds-index
alter table readings_2 add primary key (sensor, at);
-- case primary key by an index on not null columns per-statement:
create unique index concurrently readings_2_key on readings_2 (sensor, at);
alter table readings_2 add constraint readings_2_pk primary key using index readings_2_key;
-- case primary key with a check beside it per-statement: pk-using-index-sets-not-null
create unique index concurrently base_key on base (a);
alter table base add primary key using index base_key;
-- case primary key with a validated check per-statement:
create unique index concurrently base_key on base (a);
alter table base add constraint there check (a is not null) not valid;
alter table base validate constraint there;
alter table base alter a set not null;
alter table base add primary key using index base_key;
-- case exclusion with a where per-file: exclusion-constraint
alter table visits add constraint v exclude using gist (during with &&) where (id > 5) deferrable;
-- case unique without overlaps per-file since 18: unique-constraint-builds-index
create extension btree_gist;
alter table visits add constraint v unique (member_id, during without overlaps);
-- case set not null of a column that the file added per-file: set-not-null-scan, multiple-alter-same-table
alter table books add column n int;
alter table books alter n set not null;
-- case set not null of a check that says more per-file:
alter table regions_north alter column name set not null;
-- case set not null of a check that only compares per-file: set-not-null-scan
alter table regions_west alter column name set not null;
-- case set not null of a check that was not validated per-file: set-not-null-scan
alter table books alter column pages set not null;
-- case set not null of a partitioned table per-file: set-not-null-scan
alter table readings alter column value set not null;
-- case drop not null of a column with a default per-file: drop-not-null
alter table "Shop"."Order Items" alter qty drop not null;
-- case drop of the not null as a constraint per-file since 18: drop-not-null
alter table books drop constraint books_isbn_not_null;
-- case not null no inherit per-file since 18: set-not-null-scan
alter table books add constraint nn not null title no inherit;
-- case statement timestamp and friends per-file:
alter table books
    add column a timestamptz default statement_timestamp(),
    add column b timestamptz default transaction_timestamp(),
    add column c date default now()::date,
    add column d timestamptz default (now() at time zone 'utc'),
    add column e time default localtime,
    add column f text default session_user,
    add column g text default concat('a', 1),
    add column h int[] default '{1,2}',
    add column i interval default '1 day'::interval * 2,
    add column j int default nullif(1, 1),
    add column k text default current_setting('application_name', true),
    add column l bigint default (extract(epoch from now()) * 1000)::bigint;
-- case random between per-file since 17: add-column-volatile-default
alter table books add column t int default random(1, 10);
-- case volatile default that is set only per-file: multiple-alter-same-table
alter table books add column t uuid;
alter table books alter t set default gen_random_uuid();
-- case volatile default of a new table per-file:
create table public.keys (id uuid primary key default gen_random_uuid(), made timestamptz default clock_timestamp());
-- case domain without a check that forbids null per-file: add-column-constrained-domain
alter table books add column i public.isbn default 'x';
-- case domain with a default per-file:
alter table books add column s public.slug;
-- case bigserial that is unique per-file: add-column-serial-or-identity, unique-constraint-builds-index
alter table books add n serial8 unique;
-- case generated of a constant per-file: add-column-generated-stored
alter table books add column t tsvector generated always as (to_tsvector('english', coalesce(title, ''))) stored;
-- case drop expression per-file:
alter table books alter column doubled drop expression;
-- case set expression per-file since 17: type-change-rewrite
alter table books alter column doubled set expression as (pages * 3);
-- case required with a default of null cast per-file: add-column-required
alter table books add column r text not null default null::text;
-- case required in a primary key per-file: add-column-required, primary-key-builds-index
alter table base add column id bigint primary key;
-- case column dropped and added per-file: drop-column
alter table books drop column weight, add column weight double precision;
-- case rename column without the word per-file: rename-column
alter table "Shop"."Order Items" rename "Item Name" to name;
-- case rename a column of a view per-file: rename-column
alter view book_titles rename column title to name;
-- case rename column of a composite type per-file: rename-column
alter type public.pair rename attribute x to z;
-- case rename function per-file: routine-still-called
alter function public.price_of(bigint) rename to price_at;
-- case varchar to longer, in an index per-file:
alter table books alter isbn type varchar;
-- case varchar to text in an index and shown by a view per-file: type-change-blocked-by-view, type-change-index-rebuild
alter table books alter column title set data type text;
-- case varchar array to longer per-file: type-change-rewrite
alter table books alter code type varchar(20)[];
-- case varbit longer per-file:
alter table books alter flags type varbit(16);
-- case smallint to integer that a generated column uses per-file: type-change-blocked-by-view, type-change-rewrite
alter table books alter pages type integer;
-- case numeric without a view per-file:
alter table "Shop"."Order Items" alter price type numeric;
-- case timestamp precision grows per-file:
alter table books alter printed type timestamp(6);
-- case timestamp precision gone per-file:
alter table books alter printed type timestamp;
-- case timestamptz precision shrinks per-file: type-change-rewrite
alter table books alter due type timestamptz(0);
-- case timestamptz to timestamp in UTC per-file: type-change-rewrite
set timezone to 'UTC';
alter table books alter due type timestamp(3) using due at time zone 'UTC';
-- case timestamptz to timestamp without using in UTC per-file: type-change-rewrite
set timezone to 'UTC';
alter table books alter due type timestamp(3);
-- case time zone by its other form per-file:
set time zone 'UTC';
alter table "Shop"."Order Items" alter made type timestamp;
-- case text to a domain without checks per-file: type-change-rewrite
alter table books alter isbn type public.isbn;
-- case int to a domain per-file:
alter table "Shop"."Order Items" alter qty type public.plain;
-- case collation of what is indexed by an expression per-file: type-change-index-rebuild
alter table "Shop"."Order Items" alter "Item Name" type text collate "C";
-- case type of a foreign key column per-file: type-change-rewrite
alter table loans alter member_id type int;
-- case type of a partition key per-file:
alter table regions_west alter n type int;
-- case type in a partition only per-file: type-change-rewrite
alter table readings alter value type double precision;
-- case type with a column named as a keyword per-file: type-change-index-rebuild
alter table books alter column "day" type date;
-- case attribute of a composite type per-file:
alter type public.lonely alter attribute x type bigint cascade;
-- case attribute added per-file:
alter type public.pair add attribute z int cascade;
-- case set logged of an unlogged table per-file: set-logged-rewrite
alter table scratchpad set logged;
-- case unlogged that it is per-file:
alter table scratchpad set unlogged;
-- case user catalog table per-file:
alter table books set (user_catalog_table = false);
-- case cluster with the old words per-file: cluster
cluster books_title on books;
-- case cluster everything per-statement: cluster
cluster;
-- case vacuum full in the old order per-statement: vacuum-full
vacuum full freeze verbose analyze "Shop"."Order Items";
-- case vacuum in a transaction per-file: refused-in-transaction
vacuum (analyze) books;
-- case refresh with no data per-file: refresh-matview-not-concurrent
refresh materialized view prices with no data;
-- case refresh of one that has no rows yet per-file: refresh-matview-not-concurrent
refresh materialized view empty_prices;
-- case materialized view with no data per-file:
create materialized view if not exists public.mv as select count(*) as n from books with no data;
refresh materialized view public.mv;
-- case materialized view dropped per-file:
drop materialized view if exists empty_prices;
-- case alter of a materialized view per-file:
alter materialized view prices set (autovacuum_enabled = false);
-- case table as select per-file:
create table public.copy as table books with no data;
-- case table in a schema of its own per-file:
create schema "Own" create table things (id bigint primary key) create index things_id on things (id);
-- case inherit of a file's own child per-file:
create table public.kid (a int);
alter table public.kid inherit public.base;
-- case lock two per-file: explicit-lock-table
lock table only books, "Shop"."Order Items" in exclusive mode;
-- case lock without the word table per-file: explicit-lock-table
LOCK "Shop"."Order Items";
-- case trigger truncated per-file: create-trigger
create trigger t after truncate on books for each statement execute procedure touch();
-- case drop trigger per-file:
drop trigger if exists touched on visits;
-- case drop trigger that is not there per-file:
drop trigger if exists nothing on books;
-- case trigger renamed per-file:
alter trigger touched on visits rename to touched_it;
-- case triggers of users off per-file: disable-trigger
alter table only visits disable trigger user;
-- case rule made per-file:
create or replace rule nothing as on insert to loans where new.book_id = 0 do instead nothing;
-- case rule dropped per-file:
drop rule loans_log on loans;
-- case replica identity by index per-file: replica-identity
alter table books replica identity using index books_isbn;
-- case publication per-file:
create publication more for table members, teams;
-- case publication changed per-file:
alter publication changes add table members;
alter publication changes drop table books;
-- case sequence dropped with cascade per-file: drop-cascade
drop sequence numbers cascade;
-- case extension dropped with cascade per-file: drop-cascade
create extension hstore;
drop extension hstore cascade;
-- case attach a hash partition per-file: attach-partition-scan
alter table buckets attach partition buckets_0 for values with (modulus 4, remainder 0);
-- case attach a list partition with a check per-file:
alter table regions attach partition regions_north for values in ('north', 'arctic');
-- case attach a list partition with a check that takes less per-file:
alter table regions attach partition regions_north for values in ('north', 'arctic', 'tundra');
-- case attach a list partition without not null per-file: attach-partition-scan
alter table regions attach partition regions_west for values in ('west');
-- case attach a range partition with a check, but null per-file: attach-partition-scan
alter table readings attach partition readings_null for values from ('2026-01-01 00:00+00') to ('2027-01-01 00:00+00');
-- case attach as default per-file: attach-partition-scan
alter table readings attach partition readings_2 default;
-- case partition of with its own partitions per-file: create-partition-of
create table public.readings_9 partition of public.readings for values from ('2030-01-01') to ('2031-01-01') partition by list (sensor);
-- case detach in a block per-file: detach-partition-not-concurrent
do $$ begin alter table readings detach partition readings_1; end $$;
-- case detach finalize of nothing pending per-statement: 
alter table readings detach partition readings_1 concurrently;
-- case drop of a partition per-file: drop-table
drop table readings_1;
-- case enum value in begin with use in a check per-statement: enum-value-used-in-same-transaction
begin;
alter type colour add value 'blue' before 'red';
alter table members add constraint blue check (shade <> 'blue') not valid;
commit;
-- case enum type made in a schema per-file: enum-type
create type "Shop"."Size" as enum ();
-- case type dropped per-file:
drop type if exists public.lonely restrict;
-- case domain not null per-file: domain-with-constraint
create domain public.nn as text not null;
-- case domain set not null per-file: domain-add-constraint-scan
alter domain plain set not null;
-- case domain constraint validated per-statement: domain-add-constraint-scan
alter domain plain add constraint c check (value > 0) not valid;
alter domain plain validate constraint c;
-- case update where true per-file: update-without-where
update "Shop"."Order Items" set qty = qty where 1 = 1;
-- case update where not false per-file: update-without-where
update books set weight = 1 where not false;
-- case merge per-file since 15:
merge into shelves s using books b on s.id = b.id when matched then delete;
-- case truncate several in a block per-file: truncate
do $$ begin truncate loans; end $$;
-- case update two columns twice per-file: duplicate-column-assignment
update books set (title, price) = ('a', 1), title = 'b' where id = 1;
-- case long names cut per-file: identifier-too-long
create index concurrently_is_a_name_of_more_than_sixty_three_bytes_which_is_cut_off_here on only readings (at);
-- case explain per-file:
explain delete from books;
-- case copy to per-file:
copy (select 1) to stdout;
-- case discard per-statement: missing-lock-timeout
discard all;
alter table books add column n int;
-- case lock timeout with to per-statement:
reset lock_timeout;
set session lock_timeout to 5000;
alter table books add column n int;
-- case lock timeout local in a file per-file:
reset lock_timeout;
SET LOCAL lock_timeout TO '3s';
alter table books add column n int;
-- case lock timeout local outside of a transaction per-statement: missing-lock-timeout
reset lock_timeout;
set local lock_timeout = '3s';
alter table books add column n int;
-- case lock timeout default per-file: missing-lock-timeout
set lock_timeout to default;
alter table books add column n int;
-- case lock timeout of zero with a unit per-file: missing-lock-timeout
set lock_timeout = '0ms';
alter table books add column n int;
-- case lock timeout by set config local per-file:
reset lock_timeout;
select pg_catalog.set_config('lock_timeout', '5s', true);
alter table books add column n int;
-- case lock timeout in quotes per-file:
reset lock_timeout;
set "lock_timeout" = '2s';
alter table books add column n int;
-- case lock timeout in a block per-file:
reset lock_timeout;
do $$ begin perform set_config('lock_timeout', '2s', false); end $$;
alter table books add column n int;
-- case lock timeout undone by reset all per-file: missing-lock-timeout
reset all;
alter table books add column n int;
-- case view replaced per-file:
create or replace view public.book_titles as select id, title, price from public.books where id > 0;
-- case view dropped and made anew per-file:
drop view if exists long_titles;
create view long_titles as select title from book_titles where length(title) > 30;
-- case view dropped that another needs with cascade per-file: drop-cascade
drop view book_titles cascade;
-- case force rows per-file:
alter table api.notes force row level security;
-- case no force per-file: rls-not-forced
alter table api.private no force row level security;
-- case policy altered to a role per-file:
alter policy own on api.notes to anon, authenticated;
-- case policy for select true per-file:
create policy r on api.notes for select to anon using (true);
-- case policy for update with check true per-file: policy-always-true
create policy u on api.notes for update to anon using (owner is not null) with check (true);
-- case policy for insert of anybody per-file: policy-always-true
create policy i on api.notes for insert with check (1 = 1 or owner is null);
-- case policy for delete per-file: policy-always-true
create policy d on api.notes for delete to public using (true);
-- case grant to public in a list per-file: grant-to-public-role
grant update (label) on table app.things to authenticated, public;
-- case grant on all tables per-file: grant-to-public-role
grant select on all tables in schema api, app to anon with grant option;
-- case definer by alter per-file: definer-search-path
alter function public.fixed() security definer;
-- case definer with a path reset per-file: definer-search-path
alter function public.def() reset search_path;
-- case definer replaced and the path forgotten per-file: definer-search-path
create or replace function public.def() returns int language sql security definer as 'select 2';
-- case function dropped that another calls per-file: routine-still-called
drop function public.price_of(bigint);
-- case function dropped with its caller per-file:
drop function public.total_of(bigint), public.price_of(bigint);
-- case psql meta commands per-statement:
\set ON_ERROR_STOP 1
\timing on
\echo 'drop table books;'
set lock_timeout = '2s';
alter table books add column n int;
\q
-- case commit in the middle of a file per-file: transaction-nesting
alter table books add column n int;
commit;
begin;
alter table members add column n int;
-- case two tables in one transaction per-statement: multiple-tables-locked, statement-after-access-exclusive
begin;
alter table books add column n int;
alter table members add column n int;
commit;
-- case two tables, one of them new per-file:
create table public.fresh_one (id bigint primary key);
alter table books add column n int;
alter table public.fresh_one add column n int;
-- case an index after a column per-file: index-not-concurrent, statement-after-access-exclusive
alter table books add column n int;
create index books_n on books (n);
-- case alter system in a file per-file: refused-in-transaction
alter system set work_mem = '8MB';
-- case drop owned per-file: drop-cascade
drop owned by anon cascade;
-- case varchar to longer that an index computes with per-file: type-change-index-rebuild
alter table shelves alter label type varchar(40);
-- case varchar to text with a partial index on it per-file: type-change-index-rebuild
alter table shelves alter note type varchar;
-- case smallint that a partial index asks about per-file: type-change-rewrite
alter table shelves alter room type int;
-- case the same type, named by a partial index per-file: type-change-index-rebuild
alter table shelves alter column room type int2;
-- case trigger dropped and made anew per-file: create-trigger
drop trigger if exists shelves_touched on shelves;
create trigger shelves_touched before update on shelves for each row execute function touch();
-- case policy that is not there dropped per-file:
drop policy if exists nothing on api.notes;
-- case policy altered in place per-file:
alter policy own on api.notes using (owner = '00000000-0000-0000-0000-000000000001');
-- case explain that runs per-file: delete-without-where
explain (costs off, analyze) delete from shelves;
-- case explain that does not run per-file:
explain (analyze off, costs) delete from shelves;
-- case index that is there, in other letters per-file:
CREATE UNIQUE INDEX IF NOT EXISTS PRICES_ID ON prices (id);
-- case rename of an attribute that nobody has per-file: rename-column
alter type public.lonely rename attribute x to z cascade;
-- case function with another argument in its place per-file: routine-still-called
drop function public.price_of(bigint);
create function public.price_of(book bigint, on_day date) returns numeric language sql stable as 'select 1.0';
-- case function with another argument that has a default per-file:
drop function public.price_of(bigint);
create function public.price_of(book bigint, on_day date default null) returns numeric language sql stable as 'select 1.0';
-- case function dropped once its caller calls another per-file:
create or replace function public.total_of(bigint) returns numeric language sql stable as 'select 2.0 -- price_of($1)';
drop function public.price_of(bigint);
-- case function in another schema per-file: routine-still-called
alter function price_of(bigint) set schema app;
-- case overload dropped that nobody calls per-file:
create function public.price_of(text, text) returns numeric language sql as 'select 1.0';
drop function public.price_of(text, text);
-- case functions dropped with cascade, the second too per-file: drop-cascade
drop function public.def(), public.touch() cascade;
-- case unique constraint with all that can be said of it per-file: unique-constraint-builds-index
alter table books add constraint priced unique (title, price) include (weight, "day") with (fillfactor = 80) using index tablespace pg_default deferrable initially deferred;
-- case primary key with what it carries per-file: primary-key-builds-index
alter table readings_2 add primary key (sensor, at) include (value) deferrable;
-- case discard all in a transaction per-file: refused-in-transaction
discard all;
-- case index of an exclusion constraint built anew per-file: reindex-not-concurrent
reindex index stays_during;
-- case table and schema built anew per-statement: reindex-not-concurrent
reindex table "Shop"."Order Items";
reindex (verbose) schema api;
-- case index dropped with what rests on it per-file: drop-index-not-concurrent
drop index books_some cascade;
-- case foreign key that is deferred, to be fixed per-file: fk-validates, fk-column-not-indexed
alter table only "Shop"."Order Items" add column "Book" bigint, add constraint "Item's book" foreign key ("Book") references books (id) match simple on delete set null deferrable initially deferred; -- at last
-- case check without a name, to be fixed per-file: check-validates
alter table "Shop"."Order Items" add check ("Item Name" <> 'a;b' and qty > 0) /* so */ ;
-- case not null with a quoted name, to be fixed per-file: set-not-null-scan
alter table only "Shop"."Order Items" alter column "Item Name" set not null;
-- case unique with a quoted name, to be fixed per-file: unique-constraint-builds-index
alter table "Shop"."Order Items" add constraint "Once each" unique ("Item Name", "note");
-- case primary key of what may be null with a quoted name, to be fixed per-file: primary-key-builds-index
alter table regions_west add constraint "West key" primary key (name, n);
-- case index without a name, to be fixed per-file: index-not-concurrent
create index on "Shop"."Order Items" using btree (lower("Item Name") text_pattern_ops desc nulls last) include (qty) where note is not null;
-- case indexes dropped and built anew, to be fixed per-file: drop-index-not-concurrent, index-not-concurrent, statement-after-access-exclusive
drop index "Shop"."Items by Name";
create index "Items by Name" on "Shop"."Order Items" ("Item Name" collate "C");
-- case transactions in a chain per-statement: index-not-concurrent
begin;
create table chained (id bigint primary key);
commit and chain;
create index on chained (id);
rollback and no chain;
begin;
commit and chain;
create index on members (age);
commit;
-- case a chain that nobody ends per-statement: uncommitted-transaction
begin;
comment on table members is 'x';
commit and chain;
comment on table members is 'y';

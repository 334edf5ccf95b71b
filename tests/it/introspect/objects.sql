-- One of every rare kind of object, in every form that PostgreSQL 13 to 18 all know.
drop schema public;
create schema app;
create schema "Other Schema";
create role owner_role;
create role "Quoted ""role";
create type app.version as (major int, minor int);
create table app.items (id int primary key, code text not null, at timestamptz, qty int, note text);
create table app.audit (id int, old_code text);
create view app.shown as select id, code from app.items;

-- Triggers
create function app.tell() returns trigger language plpgsql as 'begin return new; end';
create trigger row_before before insert or update of code, qty on app.items for each row
    when (new.qty > 0) execute function app.tell('plain', 'it''s', 'back\slash', 'ünï', '');
create trigger statement_after after delete or truncate on app.items for each statement execute function app.tell();
create trigger changed after update on app.items referencing old table as before new table as "After"
    for each statement execute function app.tell();
create trigger shown_instead instead of insert on app.shown for each row execute function app.tell();
create constraint trigger checked after insert on app.items from app.audit deferrable initially deferred
    for each row execute function app.tell();
alter table app.items disable trigger statement_after;
alter table app.items enable always trigger changed;
alter table app.items enable replica trigger checked;
create table app.parted (id int, k text) partition by list (id);
create table app.part_1 partition of app.parted for values in (1);
create table app.part_2 partition of app.parted for values in (2);
create trigger on_parts after insert on app.parted for each row execute function app.tell();
alter table app.part_1 disable trigger on_parts;

-- Event triggers
create function app.on_event() returns event_trigger language plpgsql as 'begin end';
create event trigger ddl_watch on ddl_command_end when tag in ('CREATE TABLE', 'ALTER TABLE') execute function app.on_event();
create event trigger drop_watch on sql_drop execute function app.on_event();
alter event trigger ddl_watch disable;

-- Rules
create rule keep as on delete to app.items where old.qty > 5 do instead nothing;
create rule copy as on update to app.items do also insert into app.audit values (old.id, old.code);
alter table app.items disable rule copy;

-- Policies
create policy "Everybody sees" on app.items for select using (qty > 0);
create policy mine on app.items as restrictive for update to owner_role, "Quoted ""role"
    using (code = current_user) with check (qty < 10);
create policy adds on app.items for insert to owner_role with check (true);
create policy drops on app.items for delete using (exists (select 1 from app.audit a where a.id = items.id));
create policy everything on app.items;

-- Collations and conversions
create collation app.plain (locale = 'C');
create collation app.apart (lc_collate = 'C', lc_ctype = 'POSIX');
create collation app.loose (provider = icu, locale = 'de-DE', deterministic = false);
alter collation app.loose owner to owner_role;
create conversion app.from_latin for 'LATIN1' to 'UTF8' from iso8859_1_to_utf8;
create default conversion "Other Schema".to_latin for 'UTF8' to 'LATIN1' from utf8_to_iso8859_1;

-- Operators, families, classes and casts
create function app.version_eq(app.version, app.version) returns bool immutable language sql
    as 'select ($1).major = ($2).major and ($1).minor = ($2).minor';
create function app.version_ne(app.version, app.version) returns bool immutable language sql as 'select not app.version_eq($1, $2)';
create function app.version_lt(app.version, app.version) returns bool immutable language sql as 'select ($1).major < ($2).major';
create function app.version_cmp(app.version, app.version) returns int immutable language sql as 'select ($1).major - ($2).major';
create function app.version_cmp(app.version, int) returns int immutable language sql as 'select ($1).major - $2';
create function app.version_cmp(int, int) returns int immutable language sql as 'select $1 - $2';
create function app.version_is(app.version, int) returns bool immutable language sql as 'select ($1).major = $2';
create function app.version_major(app.version) returns int immutable language sql as 'select ($1).major';
create operator app.=== (leftarg = app.version, rightarg = app.version, function = app.version_eq, commutator = operator(app.===),
    negator = operator(app.!==), restrict = eqsel, join = eqjoinsel, hashes, merges);
create operator app.!== (leftarg = app.version, rightarg = app.version, function = app.version_ne, commutator = operator(app.!==),
    negator = operator(app.===), restrict = neqsel, join = neqjoinsel);
create operator app.<< (leftarg = app.version, rightarg = app.version, function = app.version_lt);
create operator app.=== (leftarg = app.version, rightarg = int, function = app.version_is);
create operator app.### (rightarg = app.version, function = app.version_major);
alter operator app.### (none, app.version) owner to owner_role;
create operator family app.version_family using btree;
create operator class app.version_ops default for type app.version using btree family app.version_family as
    operator 1 app.<<, operator 3 app.===, function 1 app.version_cmp(app.version, app.version);
alter operator family app.version_family using btree add
    operator 3 app.=== (app.version, int), function 1 (app.version, int) app.version_cmp(app.version, int);
alter operator family app.version_family using btree owner to owner_role;
create operator class app.spot_ops for type point using gist as
    function 1 gist_point_consistent(internal, point, smallint, oid, internal),
    function 2 gist_box_union(internal, internal),
    function 5 gist_box_penalty(internal, internal, internal), function 6 gist_box_picksplit(internal, internal),
    function 7 gist_box_same(box, box, internal),
    storage box;
alter operator family app.spot_ops using gist add operator 15 <-> (point, point) for order by pg_catalog.float_ops;
create function app.version_text(app.version) returns text immutable language sql as 'select ($1).major::text';
create cast (app.version as text) with function app.version_text(app.version) as assignment;
create cast (app.version as int) with function app.version_major(app.version) as implicit;
create cast (app.version as varchar) with inout;
create domain app.cents as int;
create type app.mood as enum ('sad', 'glad');
create cast (app.mood as app.version) with inout as assignment;

-- Text search
create text search parser app.words (start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end, lextypes = prsd_lextype,
    headline = prsd_headline);
create text search parser app.bare (start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end, lextypes = prsd_lextype);
create text search template app.simple (init = dsimple_init, lexize = dsimple_lexize);
create text search template app.bare (lexize = dsimple_lexize);
create text search dictionary app.names (template = app.simple, accept = false);
create text search dictionary app.stems (template = snowball, language = 'english', stopwords = 'english');
create text search configuration app.search (parser = app.words);
alter text search configuration app.search add mapping for word, asciiword with app.names, app.stems;
alter text search configuration app.search add mapping for email with simple;
alter text search configuration app.search owner to owner_role;

-- Languages, access methods and transforms
create trusted language own_language handler plpgsql_call_handler inline plpgsql_inline_handler validator plpgsql_validator;
create language bare_language handler plpgsql_call_handler;
alter language bare_language owner to owner_role;
create access method own_heap type table handler heap_tableam_handler;
create access method own_btree type index handler bthandler;
create transform for int language sql (from sql with function prsd_lextype(internal), to sql with function int4recv(internal));
create transform for app.items language plpgsql (from sql with function prsd_lextype(internal));
create transform for app.version language plpgsql (from sql with function prsd_lextype(internal));

-- Foreign things
create foreign data wrapper own_wrapper options (debug 'on', host 'h');
create foreign data wrapper checking validator postgresql_fdw_validator;
create server far type 'oracle' version '19' foreign data wrapper own_wrapper
    options (host 'db.example.com', port '1521', password 'hunter2', api_key 'hunter2', dbname 'postgres://u:hunter2@h/db');
create server near foreign data wrapper checking options (host 'localhost', dbname 'here');
alter server near owner to owner_role;
create user mapping for public server far options ("user" 'guest', password 'hunter2', token 'hunter2');
create user mapping for owner_role server far options (password 'hunter2', "user" 'me');
create user mapping for owner_role server near;
create foreign table app.remote (id int options (column_name 'ID', secret 'hunter2'), code text) server far
    options (schema_name 'S', table_name 'T', private_key 'hunter2');

-- Replication
create publication everything for all tables with (publish = 'insert, truncate');
create publication chosen for table app.items, app.parted with (publish_via_partition_root = true);
alter publication chosen owner to owner_role;
create publication nothing;
create subscription feed connection 'host=db.example.com user=me password=hunter2 dbname=x' publication two, one
    with (connect = false, slot_name = 'feed_slot');
create subscription idle connection 'host=db.example.com password=hunter2' publication one
    with (connect = false, slot_name = none, synchronous_commit = 'remote_apply');
-- PostgreSQL 18 streams unless it is told not to.
do $$ begin
    if current_setting('server_version_num')::int >= 140000 then
        alter subscription feed set (streaming = off);
        alter subscription idle set (streaming = off);
    end if;
end $$;

-- Comments
comment on schema app is 'schema';
comment on table app.items is E'table\nof two lines';
comment on column app.items.code is 'column';
comment on column app.version.major is 'attribute';
comment on view app.shown is 'view';
comment on constraint items_pkey on app.items is 'constraint';
comment on index app.items_pkey is 'index';
comment on type app.version is 'composite';
comment on domain app.cents is 'domain';
alter domain app.cents add constraint positive check (value > 0);
comment on constraint positive on domain app.cents is 'domain constraint';
comment on function app.version_cmp(app.version, int) is 'function';
comment on trigger row_before on app.items is 'trigger';
comment on event trigger ddl_watch is 'event trigger';
comment on rule keep on app.items is 'rule';
comment on policy mine on app.items is 'policy';
comment on collation app.plain is 'collation';
comment on conversion app.from_latin is 'conversion';
comment on operator app.=== (app.version, int) is 'operator';
comment on operator app.### (none, app.version) is 'prefix operator';
comment on operator family app.version_family using btree is 'operator family';
comment on operator class app.version_ops using btree is 'operator class';
comment on cast (app.version as int) is 'cast';
comment on text search parser app.words is 'parser';
comment on text search template app.simple is 'template';
comment on text search dictionary app.names is 'dictionary';
comment on text search configuration app.search is 'configuration';
comment on language own_language is 'language';
comment on access method own_heap is 'access method';
comment on transform for int language sql is 'transform';
comment on foreign data wrapper own_wrapper is 'wrapper';
comment on server far is 'server';
comment on foreign table app.remote is 'foreign table';
comment on publication chosen is 'publication';
comment on subscription feed is 'subscription';
comment on role owner_role is 'role';
create sequence app.numbers;
comment on sequence app.numbers is 'sequence';
create materialized view app.kept as select 1 as one;
comment on materialized view app.kept is 'materialised view';
comment on column app.kept.one is 'column of a materialised view';
create statistics app.related (dependencies) on id, qty from app.items;
comment on statistics app.related is 'statistics';

-- Security labels, which only a provider's own library can set by a command
insert into pg_catalog.pg_seclabel values
    ('app.items'::regclass, 'pg_class'::regclass, 0, 'keeper', 'secret table'),
    ('app.items'::regclass, 'pg_class'::regclass, 2, 'keeper', 'secret column');
insert into pg_catalog.pg_shseclabel values ('owner_role'::regrole, 'pg_authid'::regclass, 'keeper', 'known role');

-- Dependencies that only expressions, queries and bodies have
create function app.positive(int) returns bool immutable language sql as 'select $1 > 0';
create function app.next_code() returns text language sql as 'select ''x''';
create table app.derived (
    id int default nextval('app.numbers'),
    code text default app.next_code(),
    kind app.mood default 'sad'::app.mood,
    qty int check (app.positive(qty)),
    doubled int generated always as (qty * 2) stored,
    sum int generated always as (id + qty) stored
);
create index derived_expression on app.derived (id, (qty + 1)) where app.positive(id);
create statistics app.pair (ndistinct) on id, qty from app.derived;
create domain app.counted as int default app.version_major('(1,2)'::app.version) check (app.positive(value));
create view app.joined as
    select i.code, app.positive(d.qty) as fine, d.kind from app.items i join app.derived d on d.id = i.id;
create function app.with_default(a int default nextval('app.numbers')::int) returns int language sql as 'select a';
create trigger only_when after update on app.derived for each row
    when (old.qty is distinct from new.qty and app.positive(new.id)) execute function app.tell();
create policy needs on app.derived using (app.positive(qty) and kind = 'glad'::app.mood);
create table app.by_call (k int) partition by list ((app.positive(k)));

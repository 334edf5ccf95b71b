create role one_role createdb createrole bypassrls replication login superuser;
create role other_role;
create role new_role login valid until 'infinity';
create schema "New ""Schema";
create extension citext schema "New ""Schema";
create extension file_fdw;
create extension hstore;

create language sample handler plpgsql_call_handler validator plpgsql_validator;
create language kept handler plpgsql_call_handler validator plpgsql_validator;
create access method tree type index handler hashhandler;
create transform for app.version language plpgsql (from sql with function pg_catalog.prsd_lextype(internal));

create collation app.plain (locale = 'POSIX');
create collation app.apart (lc_collate = 'POSIX', lc_ctype = 'C');
create collation app.loose (provider = icu, locale = 'de-DE');
create default conversion app.from_latin for 'LATIN1' to 'UTF8' from iso8859_1_to_utf8;
create conversion app.to_latin for 'UTF8' to 'LATIN1' from utf8_to_iso8859_1;

create type app.mood as enum ('first', 'second', 'ok', 'between', 'it''s', 'fine', 'last', 'very last');
create type app.empty as enum ('no', 'longer');
create type app.shrinking as enum ('c', 'a');
create type app.kind as enum ('x');
create domain app.positive as int not null default 5 check (value > 0);
create domain app.changed as int constraint low check (value > 1) constraint higher check (value < 99) constraint same check (app.is_fine(value));
alter domain app.changed add constraint unproved check (value <> 5) not valid;
alter domain app.changed add constraint proved check (value <> 4);
create domain app.rebased as varchar(6);
create domain app.softened as int default 2;
create domain app.hard as int not null check (value > 0);
create table app.uses (a app.hard, b app.changed);
create type app.pair as (a int, b text collate "POSIX", "C d" numeric(6,2)[]);
create type app.growing as (a int, c int, "D e" text collate "C");
create type app.turned as (b text, a int);
create type app.nothing as (a int);
create table app.of_growing of app.growing;
create type app.span_kept as range (subtype = int, subtype_diff = app.span);
create type app.span_text as range (subtype = text, collation = "POSIX");
create type app.only_shell;
create type app.base (input = app.base_in, output = app.base_out, send = app.base_send, storage = external, like = text);

create operator app.=== (function = app.version_eq, leftarg = app.version, rightarg = app.version, commutator = operator(app.===), restrict = neqsel);
create operator app.<# (function = app.version_lt, leftarg = app.version, rightarg = app.version, commutator = operator(app.>##));
create operator app.>## (function = app.version_gt, leftarg = app.version, rightarg = app.version, commutator = operator(app.<#));
create operator app.># (function = app.version_gt, leftarg = app.version, rightarg = app.version);
create operator app.!! (function = app.not_that, rightarg = app.version);
create operator app.=# (function = app.version_int_eq, leftarg = app.version, rightarg = int, join = eqjoinsel);
create operator family app.versions using btree;
create operator family app.loose_ones using btree;
alter operator family app.loose_ones using btree add operator 2 app.<# (app.version, app.version);
create operator class app.version_ops for type app.version using btree family app.versions as
    operator 1 app.<#, operator 3 app.===, function 1 app.version_cmp(app.version, app.version);
create operator class app.own_family for type app.version using hash as operator 1 app.===;
create operator class app.stored for type int using gin as storage text;
create cast (app.version as text) with function app.to_text(app.version) as implicit;
create cast (app.mood as app.kind) with inout;
create cast (app.base as text) without function as assignment;

create text search parser app.parser (start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end, lextypes = prsd_lextype);
create text search template app.template (lexize = dsimple_lexize, init = dsimple_init);
create text search dictionary app.dict (template = app.template, accept = true);
create text search dictionary app.snow (template = pg_catalog.snowball, language = 'german');
create text search dictionary app.bare (template = pg_catalog.simple, stopwords = 'english', accept = 'false');
create text search configuration app.config (parser = app.parser);
alter text search configuration app.config add mapping for asciiword with pg_catalog.simple, app.dict;
alter text search configuration app.config add mapping for word with app.dict;
alter text search configuration app.config add mapping for "int" with simple;
alter text search configuration app.config add mapping for url, host with app.snow;

create foreign data wrapper wrapper handler file_fdw_handler options (format 'b');
create foreign data wrapper checked options (host 'h');
create server plain version '2' foreign data wrapper wrapper options (host 'x');
create server full_one type 'b' foreign data wrapper wrapper options (host 'z', "default" 'y');
create server files foreign data wrapper file_fdw;
create user mapping for public server plain options ("user" 'u');
create user mapping for one_role server plain options ("user" 'other');
create user mapping for new_role server full_one;
-- PostgreSQL does not say what a view over a table can do whose wrapper has no handler.
create server handless foreign data wrapper checked;
create foreign table app.far (a int) server handless;
create view app.near as select a from app.far;
create view app.nearer as select a from app.near;

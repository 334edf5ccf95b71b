-- Who may do what, in every way that PostgreSQL 13 to 18 all know.
drop schema public;
create role keeper;
create role reader;
create role writer with createrole createdb noinherit connection limit 3;
create role "odd=/,""role" with login replication bypassrls;
create role boss superuser;
create role team;
create role company;
create role stranger;
create role friend_of_stranger in role stranger;
grant team to reader;
grant company to team with admin option;
grant pg_monitor to writer;
create schema app authorization keeper;
grant usage on schema app to reader, public;
set role keeper;

create table app.untouched (id int);
create table app.back_to_default (id int);
grant select on app.back_to_default to reader;
revoke select on app.back_to_default from reader;
create table app.granted (id int, code text, note text);
grant select on app.granted to public;
grant select, insert, update on app.granted to reader with grant option;
grant references, trigger, truncate, delete on app.granted to "odd=/,""role";
grant select (code), update (code, note) on app.granted to writer;
grant insert (note) on app.granted to writer with grant option;
grant select (id) on app.granted to public;
set role reader;
grant select on app.granted to writer with grant option;
grant insert on app.granted to writer;
set role writer;
grant select on app.granted to boss;
set role keeper;
create table app.nobody (id int);
revoke all on app.nobody from keeper;
create view app.view as select 1 as one;
grant select on app.view to reader;

create sequence app.numbers;
revoke update on sequence app.numbers from keeper;
grant usage on sequence app.numbers to reader;

create function app.open() returns int language sql as 'select 1';
create function app.closed(int, text) returns int language sql as 'select 1';
revoke execute on function app.closed from public;
grant execute on function app.closed to reader;
create procedure app.act() language sql as 'select 1';
revoke execute on procedure app.act from keeper, public;

create type app.mood as enum ('sad');
revoke usage on type app.mood from public;
create domain app.cents as int;
grant usage on domain app.cents to reader with grant option;
create type app.pair as (a int);
revoke usage on type app.pair from public;

reset role;
grant create on schema app to writer with grant option;
create schema shut;
revoke all on schema shut from current_user;
grant usage on language plpgsql to reader;
create trusted language own_language handler plpgsql_call_handler;
revoke usage on language own_language from public;
grant usage on language sql to reader with grant option;
create foreign data wrapper wrapper;
grant usage on foreign data wrapper wrapper to keeper with grant option;
create server far foreign data wrapper wrapper;
grant usage on foreign server far to reader;

-- PostgreSQL's own, and an extension's
revoke execute on function pg_catalog.pg_sleep(double precision) from public;
grant select on pg_catalog.pg_authid to reader;
create schema ext;
create extension pgstattuple schema ext;
grant execute on function ext.pgstattuple(text) to reader;
revoke execute on function ext.pg_relpages(regclass) from pg_stat_scan_tables;

-- Default privileges
alter default privileges for role keeper grant select on tables to reader;
alter default privileges for role keeper revoke execute on functions from public;
alter default privileges for role keeper revoke all on sequences from keeper;
alter default privileges for role keeper grant usage on schemas to reader with grant option;
alter default privileges for role keeper revoke usage on types from public;
alter default privileges for role keeper in schema app grant insert, select on tables to writer, public;
alter default privileges for role keeper in schema app grant usage on sequences to "odd=/,""role";
alter default privileges for role writer in schema app grant execute on functions to reader;
alter default privileges for role writer grant select on tables to reader;
alter default privileges for role writer revoke select on tables from reader;

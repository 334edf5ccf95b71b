create domain email as text check (value like '%@%');
create domain amount as int not null default 1;
create domain short as varchar(10) collate "C";
create domain nested as amount check (value < 100);
create type address as (street text, zip varchar(5));
create type span as range (subtype = int4);
create type odd as ("The Name" text, many int[]);
create table client (
    id int primary key,
    mail email,
    mails email[],
    owes amount,
    brief short default 'x',
    deep nested,
    home address,
    homes address[],
    open span
);
create index client_open on client using gist (open);
create view reachable as select id, mail, (home).street as street from client where mail is not null;
create function home_of(c client) returns address language sql as 'select c.home';
alter table client add constraint no_overlap exclude using gist (open with &&);
comment on domain email is 'who';
create schema more_domain_replaced_everywhere;
set search_path = more_domain_replaced_everywhere;
create domain d as int check (value > 0);
create table t (a d primary key, b d[] default '{1}', c d default 4, g d generated always as (a + 1) stored, check ((a)::d > 0));
create index on t ((c::d));
create view v as select a, c::d as c from t;
create policy p on t using (a > 1::d);
create function f(x d default 1, variadic y d[] default '{}') returns table (z d) language sql as 'select $1';
create aggregate ag (d) (sfunc = int4larger, stype = int);
create table r (x d references t);
create domain dd as d check (value < 100);
create table s (x dd);
create type c as (x d, y dd[]);
create table z (v c);
create schema more_domain_to_base_and_back;
set search_path = more_domain_to_base_and_back;
create domain d as text check (value <> '');
create table t (a d, b d[], c d not null default 'x');
create view v as select * from t;
create function f(d) returns d language sql as 'select $1';
create schema enum_to_domain;
set search_path = enum_to_domain;
create type e as enum ('a');
create table t (y int);

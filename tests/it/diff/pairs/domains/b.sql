create domain email as varchar(200) constraint has_at check (value ~ '@') constraint low check (value = lower(value));
create domain amount as bigint default 2;
create domain short as varchar(10) collate "POSIX" not null;
create domain nested as amount check (value < 1000);
create type address as (street text, zip varchar(9), city text);
create type span as range (subtype = int8);
create type odd as ("The Name" varchar, many bigint[]);
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
create view reachable as select id, mail, (home).street as street, (home).city as city from client where mail is not null;
create function home_of(c client) returns address language sql as 'select c.home';
alter table client add constraint no_overlap exclude using gist (open with &&) where (id > 0);
comment on domain email is 'whom';
comment on constraint low on domain email is 'no capitals';

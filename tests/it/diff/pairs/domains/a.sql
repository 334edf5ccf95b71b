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

-- finds public.plain
-- finds public.parted
-- finds public.child
-- finds public.sent
-- finds public.unlogged
create table public.plain (id int not null unique);
create table public.parted (id int, at date) partition by range (at);
create table public.parted_a partition of public.parted for values from ('2020-01-01') to ('2021-01-01');
create table public.parent (id int primary key);
create table public.child () inherits (public.parent);
create table public.sent (id int not null);
create unique index sent_id on public.sent (id);
create unlogged table public.unlogged (id int);
create publication of_all for all tables;
create publication p for table public.sent;
-- near miss: a key, a key of the parent's, or another index that identifies rows
create table public.keyed (id int primary key);
create table public.parted (id int, at date, primary key (at, id)) partition by range (at);
create table public.parted_a partition of public.parted for values from ('2020-01-01') to ('2021-01-01');
create table public.identified (id int not null unique);
alter table public.identified replica identity using index identified_id_key;
create view public.seen as select id from public.keyed;

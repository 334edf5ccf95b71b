-- A key that gets another name while the table that leans on it goes.
create table t (id serial, constraint t_key primary key (id));
create table o (id int primary key, t2 bigint);
alter table o add constraint fk foreign key (t2) references t on update set null not valid;

-- Indexes and constraints that lose several columns, each another one first; one of them is computed.
create table wide (id int primary key, name text, n int, m int, twice int generated always as (n * 2) stored);
alter table wide add constraint u unique (name, n);
create index i2 on wide (m, n) include (name);
create index i3 on wide (twice, m) include (n);
create index i4 on wide (name, twice);

-- A default partition that goes together with a check that it has from above.
create table p (k int not null, v text) partition by range (k);
create table p1 partition of p default;
alter table p add constraint pt check (v <> '');

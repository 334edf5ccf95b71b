create table retyped (id int not null, note text) partition by range (id);
create table retyped_1 partition of retyped for values from (0) to (10);
create table retyped_2 partition of retyped for values from (10) to (20);
create index retyped_note on retyped (note);
insert into retyped select n, 'x' from generate_series(0, 19) n;
create view seen as select * from retyped;

create type colour as enum ('red', 'green', 'blue');
create table painted (id int, hue colour, primary key (id, hue)) partition by list (hue);
create table painted_red partition of painted for values in ('red');
create table painted_rest partition of painted default;
insert into painted values (1, 'red'), (2, 'green');

create table rekeyed (id int, at date, note text default 'z', primary key (id, at)) partition by range (id);
create table rekeyed_1 partition of rekeyed for values from (0) to (10);
create table rekeyed_2 partition of rekeyed for values from (10) to (20);
insert into rekeyed select n, date '2020-01-01' + n * 30 from generate_series(0, 19) n;

create table rehashed (id int primary key, note text) partition by hash (id);
create table rehashed_0 partition of rehashed for values with (modulus 2, remainder 0);
create table rehashed_1 partition of rehashed for values with (modulus 2, remainder 1);
insert into rehashed select n, 'x' from generate_series(0, 19) n;
create table refers (id serial primary key, hashed int references rehashed);
insert into refers (hashed) values (1), (2);

create function changed() returns trigger language plpgsql as $$ begin raise 'no row changes'; end $$;
create table grown (id int generated always as identity, at date not null, twice int generated always as (id * 2) stored, note varchar(20));
create index grown_note on grown (note);
insert into grown (at, note) values ('2020-02-02', 'a'), ('2021-02-02', 'b');
create trigger changed before insert on grown for each row execute function changed();
alter table grown enable row level security;
create policy all_of_it on grown using (true);
grant select on grown to public;
comment on table grown is 'grows';

create table deepened (id int, kind int, note text) partition by range (id);
create table deepened_1 partition of deepened for values from (0) to (10);
create index deepened_note on deepened (note);
insert into deepened values (1, 1, 'a'), (2, 2, 'b');

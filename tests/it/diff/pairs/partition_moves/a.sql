create table log (id int, note text, gone int) partition by range (id);
create table log_1 partition of log for values from (0) to (10);
create table log_2 partition of log for values from (10) to (20);
create table log_3 (id int, note text, gone int, other int);
create index log_note on log (note);
insert into log values (1, 'a', 1), (11, 'b', 1);

create table keyed (id int primary key, note text) partition by range (id);
create table keyed_1 partition of keyed for values from (0) to (10);
create table keyed_2 partition of keyed for values from (10) to (20) partition by range (id);
create table keyed_2_a partition of keyed_2 for values from (10) to (15);
create table keyed_2_b partition of keyed_2 for values from (15) to (20);
create table refers (keyed int references keyed);
insert into keyed select n, 'x' from generate_series(0, 14) n;
insert into refers values (1);

create table rekeyed (id int primary key, other int not null, up int references rekeyed) partition by range (id);
create table rekeyed_1 partition of rekeyed for values from (0) to (10);
create table rekeyed_2 (id int primary key, other int not null, up int);
create table points (rekeyed int references rekeyed);

create table here (id int primary key, note text) partition by range (id);
create table there (id int primary key, note text) partition by range (id);
create table mover partition of here for values from (0) to (10);
create index here_note on here (note);
create index there_note on there (note);
insert into mover values (1, 'a');

create table swapped (kind text) partition by list (kind);
create table swapped_a partition of swapped for values in ('a');
create table swapped_b partition of swapped for values in ('b', 'c');
create table swapped_d partition of swapped default;

create table flat (id int, kind int, note text, primary key (id, kind)) partition by list (kind);
create table flat_1 partition of flat for values in (1);
create table flat_2 partition of flat for values in (2);
create index flat_note on flat (note);
insert into flat values (1, 1, 'a');

create table owner (id int primary key);
create table owned (id int, owner int references owner) partition by range (id);
create table owned_1 (id int, owner int constraint own_key references owner, constraint small check (id < 100));
create table left_alone (id int primary key, note text) partition by range (id);
create table left_1 partition of left_alone for values from (0) to (10);
create index left_alone_note on left_alone (note);

create function noted() returns trigger language plpgsql as $$ begin return new; end $$;
create table watched (id int) partition by range (id);
create table watched_1 partition of watched for values from (0) to (10);
create table watched_2 (id int);
create constraint trigger noted after insert on watched for each row execute function noted();
alter table watched_1 disable trigger noted;

create table lasting (id int primary key) partition by range (id);
create table lasting_1 partition of lasting for values from (0) to (10);
create publication news for table lasting with (publish_via_partition_root);

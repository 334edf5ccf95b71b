create table log (id int, note varchar(20)) partition by range (id);
create table log_1 partition of log for values from (0) to (10);
create table log_2 (id int, note text, gone bigint, more int default 4);
create table log_3 partition of log for values from (20) to (30);
create index log_note on log (note, id);
insert into log values (1, 'a');

create table keyed (id int primary key, note text) partition by range (id);
create table keyed_1 partition of keyed for values from (0) to (10);
create table keyed_2 partition of keyed for values from (10) to (20) partition by range (id);
create table keyed_2_a partition of keyed_2 for values from (10) to (15);
create table keyed_3 partition of keyed for values from (20) to (30);
create table refers (keyed int references keyed);
insert into keyed select n, 'x' from generate_series(0, 14) n;
insert into refers values (1);

create table rekeyed (id int, other int not null, up int, constraint rekeyed_key primary key (id, other)) partition by range (id);
create table rekeyed_1 partition of rekeyed for values from (0) to (10);
create table rekeyed_2 partition of rekeyed for values from (10) to (20);
create table points (rekeyed int, other int, foreign key (rekeyed, other) references rekeyed (id, other));

create table here (id int primary key, note text) partition by range (id);
create table there (id int primary key, note text) partition by range (id);
create table mover partition of there for values from (0) to (10);
create index here_note on here (note);
create index there_note on there (note desc);
insert into mover values (1, 'a');

create table swapped (kind text) partition by list (kind);
create table swapped_a partition of swapped default;
create table swapped_b partition of swapped for values in ('a');
create table swapped_d partition of swapped for values in ('b', null);

create table flat (id int, kind int, note text, primary key (id, kind)) partition by range (id);
create table flat_low partition of flat for values from (0) to (100) partition by list (kind);
create table flat_1 partition of flat_low for values in (1);
create table flat_2 partition of flat_low for values in (2);
create index flat_note on flat (note);
insert into flat values (1, 1, 'a');

create table owner (id int primary key);
create table owned (id int, owner int references owner, constraint small check (id < 1000)) partition by range (id);
create table owned_1 partition of owned for values from (0) to (10);
create table left_1 (id int, note text);
create index left_1_note_idx on left_1 (note);

create function noted() returns trigger language plpgsql as $$ begin return new; end $$;
create table watched (id int) partition by range (id);
create table watched_1 partition of watched for values from (0) to (10);
create table watched_2 partition of watched for values from (10) to (20);
create constraint trigger noted after insert or update on watched for each row execute function noted();
create trigger again before insert on watched for each row execute function noted();
alter table watched_1 disable trigger again;
alter table watched_2 disable trigger noted;

create table lasting (id int primary key) partition by range (id);
create table lasting_2 partition of lasting for values from (0) to (10);
create publication news for table lasting, lasting_2;

-- Schemas
create schema s; grant usage on schema s to r1;
create schema s authorization r1;
create schema s; grant create on schema s to r2 with grant option; comment on schema s is 'one';

-- Types
create type mood as enum ('a', 'b', 'c');
create type mood as enum ('a', 'x', 'b', 'c');
create type mood as enum ('c', 'a');

create domain amount as int check (value > 0);
create domain amount as bigint check (value > 0) check (value < 1000);
create domain amount as int default 3 not null;

create type address as (street text, zip int);
create type address as (street varchar(9), zip int, city text);
create type address as (zip bigint);

create type span as range (subtype = int);
create type span as range (subtype = numeric);

create sequence s.numbers;
create sequence s.numbers as int increment by 5 cycle;
create sequence s.numbers start 9; grant usage on sequence s.numbers to r1;

-- Functions that others call
create function fine(v int) returns boolean immutable language sql as 'select v > 0';
create function fine(v int) returns boolean immutable strict language sql as 'select v > 1';
create function fine(n int) returns boolean immutable language sql return n > 2;

create function norm(v text) returns text immutable language sql as 'select lower(v)';
create function norm(v text) returns text immutable parallel safe cost 5 language plpgsql as 'begin return upper(v); end';
create function norm(v text, n int default 1) returns text immutable language sql as 'select lower(v)';

create function told() returns trigger language plpgsql as 'begin return new; end';
create function told() returns trigger security definer language plpgsql as 'begin return null; end';

create function of_mood(m mood) returns mood language sql as 'select m';
create function of_mood(m mood, n int default 2) returns int language sql as 'select n';

create aggregate plus (int) (sfunc = int4pl, stype = int, initcond = '0');
create aggregate plus (int) (sfunc = int4pl, stype = int, initcond = '5');

-- A table and its columns
create table t (id int primary key);
create table t (id bigint generated always as identity primary key);
create table t (id serial, constraint t_key primary key (id)); alter table t owner to r1;

alter table t add name text;
alter table t add name varchar(20) not null;
alter table t add name text default 'x' collate "C";

alter table t add n int;
alter table t add n bigint default 5;
alter table t add n smallint not null;

alter table t add m mood default 'a';
alter table t add m mood[] default '{a,c}';
alter table t add m mood not null;

alter table t add home address;

alter table t add owed amount;
alter table t add owed amount[] default '{2}';

alter table t add open span;

alter table t add twice int generated always as (id * 2) stored;
alter table t add twice bigint;

alter table t add folded text generated always as (norm(name)) stored;
alter table t add folded text default norm('x');

alter table t add seq bigint default nextval('s.numbers');

alter table t alter name set storage external, alter n set statistics 50;
alter table t set (fillfactor = 60);

-- Constraints and indexes
alter table t add constraint c1 check (fine(id::int));
alter table t add constraint c1 check (n > 0) not valid;
alter table t add constraint c1 check (length(name) > 2) no inherit;

alter table t add constraint u unique (name);
alter table t add constraint u unique (name, n) deferrable;
alter table t add constraint u unique (n) include (name);

alter table t add constraint x exclude using gist (open with &&);

create index i1 on t (name);
create index i1 on t (norm(name));
create unique index i1 on t (n desc nulls last) where n > 0;

create index i2 on t using hash (name);
create index i2 on t (m, n) include (name) with (fillfactor = 50);

alter table t replica identity full;
alter table t replica identity nothing;

alter table t cluster on i1;

create statistics st on name, n from t;
create statistics st (mcv) on n, (n + 1) from t;

-- A table that refers to it, and back
create table o (id int primary key, t int, t2 bigint);
create unlogged table o (id int primary key, t int, t2 bigint, note text);

alter table o add constraint fk foreign key (t) references t;
alter table o add constraint fk foreign key (t) references t on delete cascade deferrable;
alter table o add constraint fk foreign key (t2) references t on update set null not valid;

alter table t add up int constraint up references o;
alter table t add up int constraint up references o on delete set default;

-- Children and partitions
create table child (extra int) inherits (o);
create table child (extra bigint default 1, check (extra > 0)) inherits (o);
create table child (id int, t int, t2 bigint, extra int);

create table p (k int not null, v text) partition by range (k);
create table p (k int primary key, v text default 'z') partition by range (k);
create table p (k int not null, v varchar(5), check (k < 1000)) partition by list (k);

create table p1 partition of p for values from (0) to (10);
create table p1 partition of p for values from (0) to (20);
create table p1 partition of p default;

create table p2 partition of p for values from (20) to (30);
create table p2 partition of p for values in (7);

create trigger ptold after insert on p for each row execute function told();
create trigger ptold before update on p for each row execute function told();

-- Views
create view v as select id, name from t;
create view v with (security_barrier) as select id, name, n from t where n > 1;
create view v as select name, id from t where fine(id::int);

create view w as select count(*) as n from v;
create view w as select id, norm(name) as name from v;

create view em as select id, m from t with check option;
create view em as select m, count(*) as many from t group by m;

create materialized view mat as select id, name from t;
create materialized view mat as select id, count(*) as n from t group by id with no data;

create unique index mat_id on mat (id);
create index mat_id on mat (id desc);

-- Triggers, rules and policies
create trigger trig before insert on t for each row execute function told();
create trigger trig after update of name on t for each row when (old.name is distinct from new.name) execute function told();
create constraint trigger trig after delete on t deferrable for each row execute function told();

alter table t disable trigger trig;
alter table t enable always trigger trig;

create rule ru as on delete to t do instead nothing;
create rule ru as on insert to t where new.id < 0 do instead nothing;

create trigger inst instead of insert on v for each row execute function told();

alter table t enable row level security;
alter table t enable row level security, force row level security;

create policy pol on t using (fine(id::int));
create policy pol on t for select to r1, r2 using (name = current_user);
create policy pol on t as restrictive for insert to r2 with check (n > 0);

-- Access and comments
grant select on t to r1;
grant select (id), update (name) on t to r2;
grant all on t to r1 with grant option;

grant select on v to r1;
grant select, insert on v to public;

revoke execute on function fine from public;
grant execute on function fine to r2 with grant option;

alter default privileges in schema s grant select on tables to r1;
alter default privileges grant execute on functions to r2;
alter default privileges for role r3 revoke usage on types from public;

comment on table t is 'first';
comment on column t.name is 'called';
comment on view v is 'seen';

alter view v owner to r2;
alter function norm owner to r3;

-- The rest
create publication pub for table t;
create publication pub for table t (id), o where (id > 5);
create publication pub for all tables with (publish = 'insert');

create foreign data wrapper wrap;
create foreign data wrapper wrap options (use_remote_estimate 'true');

create server far foreign data wrapper wrap options (host 'a');
create server far version '2' foreign data wrapper wrap options (host 'b', port '5');

create foreign table ft (id int, name text) server far;
create foreign table ft (id bigint options (column_name 'i') not null) server far options (table_name 'x');

create text search dictionary dict (template = simple);
create text search dictionary dict (template = simple, stopwords = english);

create text search configuration conf (copy = simple);
create text search configuration conf (copy = english); comment on text search configuration conf is 'en';

create operator === (function = int4eq, leftarg = int, rightarg = int);
create operator === (function = int4eq, leftarg = int, rightarg = int, restrict = eqsel, commutator = ===);

create function ev() returns event_trigger language plpgsql as 'begin end';
create function ev() returns event_trigger security definer language plpgsql as 'begin end';

create event trigger evt on ddl_command_end execute function ev();
create event trigger evt on sql_drop when tag in ('DROP TABLE') execute function ev(); alter event trigger evt disable;

create collation col from "C";

create cast (address as text) with inout as assignment;

-- Roles and what is the whole database's
grant r1 to r2;
grant r1 to r2 with admin option; grant r3 to r2;

create trusted language tongue handler plpgsql_call_handler inline plpgsql_inline_handler validator plpgsql_validator;
create language tongue handler plpgsql_call_handler; comment on language tongue is 'ours';

create access method piled type table handler heap_tableam_handler;
create access method sorted type index handler bthandler;

create transform for int language sql (from sql with function prsd_lextype(internal), to sql with function int4recv(internal));
create transform for int language sql (to sql with function int4recv(internal));

create default conversion conv for 'LATIN1' to 'UTF8' from iso8859_1_to_utf8;
create conversion conv for 'LATIN1' to 'UTF8' from iso8859_1_to_utf8; comment on conversion conv is 'one';

-- Schemas
create schema s; grant usage on schema s to r1;
create schema s authorization r1;
create schema s; grant create on schema s to r2 with grant option; comment on schema s is 'one';

create extension hstore;
create extension hstore schema s;
create extension pg_trgm; comment on extension pg_trgm is 'three';

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

create type letters as enum ('a', 'b'); alter type letters owner to r1; comment on type letters is 'two';
create domain letters as text collate "C" constraint short check (length(value) < 3);
create type letters as (one mood, many mood[]);

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

create function mood_int(m mood) returns int immutable language sql as 'select 1';
create function mood_int(m mood) returns int immutable language sql as 'select 2';

create aggregate plus (int) (sfunc = int4pl, stype = int, initcond = '0');
create aggregate plus (int) (sfunc = int4pl, stype = int, initcond = '5');

create procedure doing(n int) language sql as 'select n';
create procedure doing(n int, inout m mood) language plpgsql as 'begin end'; grant execute on procedure doing to r1;
create function doing(n int) returns table (a int, b amount) language sql as 'select n, n';

create function spoken() returns int language tongue as 'begin return 1; end';

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

alter table t add homes address[];
alter table t add homes letters[];

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

create operator family fam using btree;
create operator family fam using hash; alter operator family fam using hash owner to r1;

create operator class oc for type int using btree family fam as operator 1 <, operator 3 =, function 1 btint4cmp(int, int);
create operator class oc for type int using btree as operator 1 <, operator 2 <=, operator 3 =, function 1 btint4cmp(int, int);

create index i3 on t (twice oc);
create index i3 on t (twice oc desc, id) where fine(id::int);

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
create table child (extra int, check (extra < 9) no inherit) inherits (o); grant select on child to r1;

create table typed of address;
create table typed of address (primary key (zip), check (zip > 0));
create table typed (street text, zip int);

create table elsewhere (id int, h letters) using piled;
create table elsewhere (id int, h letters);

create table p (k int not null, v text) partition by range (k);
create table p (k int primary key, v text default 'z') partition by range (k);
create table p (k int not null, v varchar(5), check (k < 1000)) partition by list (k);
create table p (k int not null, v text) partition by hash (k);
create table p (k int not null, v text) partition by range (v, k);
create table p (v text, k bigint not null);

create table p1 partition of p for values from (0) to (10);
create table p1 partition of p for values from (0) to (20);
create table p1 partition of p default;
create table p1 partition of p for values with (modulus 2, remainder 0);
create table p1 partition of p for values from (0) to (10) partition by list (v);
create table p1 (k int not null, v text);

create table p11 partition of p1 for values in ('a');
create table p11 partition of p1 default;

create table p2 partition of p for values from (20) to (30);
create table p2 partition of p for values in (7);
create table p2 partition of p for values with (modulus 2, remainder 1);
create table p2 partition of p for values from (10) to (20); comment on table p2 is 'two';

create index pi on p (v);
create unique index pi on p (k, v);

alter table p add constraint pt foreign key (k) references t;
alter table p add constraint pt check (v <> '');

alter table p1 enable row level security; create policy pp on p1 using (k > 1);
alter table p1 add constraint own check (k >= 0); grant select on p1 to r1;

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

create rule wr as on insert to w do instead insert into o (id) values (1);
create rule wr as on delete to v do instead delete from t where id = old.id; comment on rule wr on v is 'gone';

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

revoke execute on function fine from public; grant execute on function fine to r1;
grant execute on function fine to r2 with grant option;

alter default privileges in schema s grant select on tables to r1;
alter default privileges grant select on tables to r2;
alter default privileges for role r3 revoke usage on types from public;

comment on table t is 'first';
comment on column t.name is 'called';
comment on view v is 'seen';

comment on constraint c1 on t is 'one'; comment on index i1 is 'two'; comment on policy pol on t is 'three';
comment on trigger trig on t is 'one'; comment on sequence s.numbers is 'two'; comment on domain amount is 'three';
comment on column p.v is 'one'; comment on function fine is 'two'; comment on column address.zip is 'three';
comment on type mood is 'one'; comment on statistics st is 'two'; comment on materialized view mat is 'three';

alter view v owner to r2;
alter function norm owner to r3;

-- The rest
create publication pub for table t;
create publication pub for table t (id), o where (id > 5);
create publication pub for all tables with (publish = 'insert');

create publication pubs for tables in schema s;
create publication pubs for tables in schema s, table o; alter publication pubs owner to r1;

create subscription sub connection 'dbname=nowhere' publication p with (connect = false, slot_name = none);
create subscription sub connection 'dbname=nowhere' publication p, q with (connect = false, slot_name = none, binary);

create foreign data wrapper wrap;
create foreign data wrapper wrap options (use_remote_estimate 'true');

create server far foreign data wrapper wrap options (host 'a');
create server far version '2' foreign data wrapper wrap options (host 'b', port '5');

create user mapping for r1 server far options (user 'a');
create user mapping for r1 server far options (user 'b');
create user mapping for public server far;

create foreign table ft (id int, name text) server far;
create foreign table ft (id bigint options (column_name 'i') not null) server far options (table_name 'x');

create text search parser prs (start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end, lextypes = prsd_lextype);
create text search parser prs (start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end, lextypes = prsd_lextype, headline = prsd_headline);

create text search template temp (lexize = dsimple_lexize);
create text search template temp (init = dsimple_init, lexize = dsimple_lexize);

create text search dictionary dict (template = simple);
create text search dictionary dict (template = simple, stopwords = english);
create text search dictionary dict (template = temp);

create text search configuration conf (copy = simple);
create text search configuration conf (copy = english); comment on text search configuration conf is 'en';
create text search configuration conf (parser = prs);

alter text search configuration conf alter mapping for word, asciiword with dict, simple;
alter text search configuration conf drop mapping for email;

alter table o add found tsvector generated always as (to_tsvector('public.conf', t::text)) stored;
create index found on t using gin (to_tsvector('public.conf', name));

create operator === (function = int4eq, leftarg = int, rightarg = int);
create operator === (function = int4eq, leftarg = int, rightarg = int, restrict = eqsel, commutator = ===);

create function ev() returns event_trigger language plpgsql as 'begin end';
create function ev() returns event_trigger security definer language plpgsql as 'begin end';

create event trigger evt on ddl_command_end execute function ev();
create event trigger evt on sql_drop when tag in ('DROP TABLE') execute function ev(); alter event trigger evt disable;

create collation col from "C";

create cast (address as text) with inout as assignment;
create cast (mood as int) with function mood_int(mood); comment on cast (mood as int) is 'rank';

-- Each case is a file of its own, run on schema.sql behind `set lock_timeout`: `-- case NAME RUN[ since MAJOR][ before MAJOR]: RULES`.
-- RULES are all that is found, and nothing else.

-- case unique index, quoted and mixed per-statement: index-not-concurrent
CREATE UNIQUE INDEX "Members Age" ON public."members" USING btree ("age" DESC NULLS LAST);
-- case index that is there already per-file:
create index if not exists members_nick on members (nick);
-- case index that is not there yet per-file: index-not-concurrent
create index if not exists members_age on members (age);
-- case index of a materialised view per-file: index-not-concurrent
create index totals_visits on totals (visits);
-- case index of a temporary table per-file:
create temp table picked as select id from members;
create index on picked (id);
-- case index of a table of an earlier transaction of the file per-statement:
begin;
create table public.notes (id bigint generated always as identity primary key, body text);
commit;
create index notes_body on public.notes (body);
-- case index of a table made by select into per-file:
select id, nick into public.picked from public.members;
create index on public.picked (nick);
-- case index concurrently between begin and commit per-statement: concurrently-in-transaction
begin;
create index concurrently members_age on members (age);
commit;
-- case index concurrently behind a commit per-statement:
begin;
alter table members add column note text;
commit;
create index concurrently members_note on members (note);
-- case index concurrently in a block per-statement: concurrently-in-transaction
do $$ begin create index concurrently members_age on members (age); end $$;
-- case index in a block per-statement: index-not-concurrent
do $do$
begin
    if not exists (select from pg_class where relname = 'members_age') then
        create index members_age on public.members (age);
    end if;
end
$do$;
-- case index by execute per-statement: index-not-concurrent
do $$ begin execute 'create index members_age on public.members (age)'; end $$;
-- case index on only a partitioned table per-file:
create index logs_line on only logs (line);
-- case index with more in its leaves per-statement:
create index concurrently members_age on members (age) include (nick, email, code);
-- case index over four columns per-statement: index-too-wide
create index concurrently members_wide on members (team_id, age, nick, code);
-- case unique index over four columns per-statement:
create unique index concurrently members_wide on members (team_id, age, nick, code);
-- case drop of an index that the file made per-statement:
create index concurrently members_age on members (age);
drop index members_age;
-- case drop of an index of a partitioned table per-file: drop-index-not-concurrent
drop index parts_v;
-- case drop of no index per-file:
drop index if exists nowhere;
-- case drop of two indexes per-file: drop-index-not-concurrent
drop index members_nick, members_fee;
-- case drop index concurrently in the file's transaction per-file: concurrently-in-transaction
drop index concurrently members_nick;
-- case reindex with its option per-statement:
reindex (concurrently) index members_nick;
-- case reindex of a table per-file: reindex-not-concurrent
reindex table members;
-- case reindex of a schema per-statement: reindex-not-concurrent
reindex schema app;
-- case rename of an index per-file:
alter index members_nick rename to members_by_nick;
-- case settings of an index per-file:
alter index members_nick set (fillfactor = 70);
-- case unique among several per-file: unique-constraint-builds-index
alter table members add column note text, add constraint members_code unique (code);
-- case unique with a new column per-file: unique-constraint-builds-index
ALTER TABLE IF EXISTS ONLY "public"."members" ADD COLUMN "extId" text UNIQUE;
-- case unique by an index per-statement:
create unique index concurrently members_age on members (age);
alter table members add constraint members_age unique using index members_age;
-- case unique of a table that the file makes per-file:
create table public.notes (id bigint generated always as identity primary key, body text);
alter table public.notes add constraint notes_body unique (body);
-- case primary key of what may be null per-file: primary-key-builds-index
alter table base add primary key (a);
-- case primary key by an index of what may be null per-file: pk-using-index-sets-not-null
alter table members drop constraint members_pkey, add constraint members_pkey primary key using index members_fee;
-- case reference with a new column per-file: fk-locks-referenced-table, fk-column-not-indexed
alter table members add column home_id bigint references app.things (id);
-- case reference with a new column and a default per-file: fk-validates, fk-column-not-indexed
alter table members add column home_id bigint default 1 references app.things;
-- case reference of a new column, and its index per-statement: fk-locks-referenced-table
alter table members add column home_id bigint references app.things (id);
create index concurrently members_home on members (home_id);
-- case foreign key per-file: fk-validates
alter table visits add constraint visits_member_fkey foreign key (member_id) references members (id) on delete cascade;
-- case foreign key that is checked later per-statement:
alter table visits add constraint visits_member_fkey foreign key (member_id) references members (id) not valid;
alter table visits validate constraint visits_member_fkey;
-- case foreign key of another type per-file: fk-type-mismatch, fk-column-not-indexed
alter table members add constraint members_age_fkey foreign key (age) references teams (id) not valid;
-- case foreign key to itself per-file: fk-column-not-indexed
alter table members add constraint members_team_fkey foreign key (team_id) references members (id) not valid;
-- case check per-file: check-validates
alter table members add check (age > 0);
-- case check checked in its transaction under the name that it gets per-file: validate-in-same-transaction
alter table members add check (age > 0) not valid;
alter table members validate constraint members_age_check;
-- case check checked behind a savepoint per-statement: validate-in-same-transaction
begin;
alter table members add constraint grown check (age > 0) not valid;
savepoint added;
alter table members validate constraint grown;
release savepoint added;
commit;
-- case check checked in another transaction per-statement:
begin;
alter table members add constraint grown check (age > 0) not valid;
commit;
begin;
alter table members validate constraint grown;
commit;
-- case check with a new column per-file: check-validates
alter table members add column rank int check (rank > 0);
-- case not null that a check vouches for per-file:
alter table members alter column age set not null;
-- case not null that is so per-file:
alter table teams alter name set not null;
-- case not null, with everything that it takes per-statement:
alter table members add constraint nick_present check (nick is not null) not valid;
alter table members validate constraint nick_present;
alter table members alter column nick set not null;
alter table members drop constraint nick_present;
-- case not null, in two actions per-file: set-not-null-scan
alter table members alter column nick set default '', alter column nick set not null;
-- case not null as a constraint per-file since 18: set-not-null-scan
alter table members add constraint nick_present not null nick;
-- case not null as a constraint that is checked later per-statement since 18:
alter table members add constraint nick_present not null nick not valid;
alter table members validate constraint nick_present;
-- case not null with a new column and no default per-file: add-column-required
alter table members add column rank int not null;
-- case null for a default per-file: add-column-required
alter table members add rank int not null default null;
-- case exclusion per-file: exclusion-constraint
alter table visits add exclude using gist (during with &&);
-- case drop of a constraint with what rests on it per-file: drop-cascade
alter table teams drop constraint teams_pkey cascade;
-- case columns that are the same for every row per-file:
alter table members
    add column a timestamptz not null default now(),
    add column b timestamptz default current_timestamp,
    add column c date default current_date + 7,
    add column d timestamptz default now() - interval '30 days',
    add column e timestamptz default date_trunc('day', now()),
    add column f text default current_user,
    add column g jsonb not null default jsonb_build_object('a', 1),
    add column h text[] not null default '{}'::text[],
    add column i text default public.fixed(),
    add column j numeric default extract(epoch from now()),
    add column k text default to_char(now(), 'YYYY'),
    add column l timestamptz default 'now'::timestamptz,
    add column m bool not null default (1 > 0),
    add column n bigint default txid_current(),
    add column o public.plain default 3,
    add column p public.percent[];
-- case uuids per-file: add-column-volatile-default
ALTER TABLE "public"."members" ADD COLUMN IF NOT EXISTS "Token" UUID NOT NULL DEFAULT gen_random_uuid();
-- case a column that is there already per-file:
alter table members add column if not exists email text default random()::text;
-- case numbers of a sequence per-file: add-column-volatile-default
alter table members add column n bigint default nextval('numbers');
-- case chance deep inside per-file: add-column-volatile-default
alter table members add column n text default coalesce(null, substr(md5(random()::text), 1, 8));
-- case a function of procedures per-file: add-column-volatile-default
alter table members add column n text default public.fresh();
-- case the clock per-file: add-column-volatile-default
alter table members add column n timestamptz default clock_timestamp();
-- case where the log is per-file: add-column-volatile-default
alter table members add column n pg_lsn default pg_current_wal_lsn();
-- case a domain whose default is another one each time per-file: add-column-volatile-default
alter table members add column n public.token;
-- case a domain with a check per-file: add-column-constrained-domain
alter table members add column n public.percent;
-- case a domain over one with a check per-file: add-column-constrained-domain
alter table members add column n public.half;
-- case serial per-file: add-column-serial-or-identity
alter table members add column n bigserial;
-- case identity per-file: add-column-serial-or-identity
alter table members add column n bigint generated by default as identity (start with 10);
-- case identity of a column that is there per-file:
alter table visits alter id add generated by default as identity;
-- case stored per-file: add-column-generated-stored
alter table members add column n int generated always as (age * 2) stored;
-- case computed on read per-file since 18:
alter table members add column n int generated always as (age * 2) virtual;
-- case computed on read unless told otherwise per-file since 18:
alter table members add column n int generated always as (age * 2);
-- case drop of a column that is not there per-file:
alter table members drop column if exists nothing;
-- case drop of a column per-file: drop-column
alter table members drop column if exists code;
-- case drop of a column of the file's own per-file: multiple-alter-same-table
alter table members add column note text;
alter table members drop column note;
-- case null again per-file:
alter table members alter column nick drop not null;
-- case default gone of what may be null per-file:
alter table members alter nick drop default;
-- case default gone of what has to be given per-file: drop-default-on-required
alter table members alter active drop default;
-- case default changed per-file:
alter table members alter active drop default, alter active set default false;
-- case settings per-file:
alter table members alter nick set statistics 500;
alter table members set (fillfactor = 80, autovacuum_enabled = off);
-- case types that are no good per-file: json-column, char-column, varchar-limit, timestamp-without-tz
alter table members
    add column a json,
    add column b nchar(3),
    add column c varchar(255) [],
    add column d timestamp(3) without time zone;
-- case types that look alike per-file:
alter table members
    add column a jsonb,
    add column b "char",
    add column c varchar,
    add column d timestamp(3) with time zone,
    add column e timestamptz,
    add column f text;
-- case a table of old habits per-file: int-overflow, prefer-identity, varchar-limit, timestamp-without-tz
create table public.notes (id serial primary key, title varchar(100), at timestamp default now());
-- case a table that is there already per-file:
create table if not exists public.members (id serial primary key, code char(3), team_id bigint references public.teams);
-- case a table that is not there yet per-file: int-overflow
create table if not exists public.notes (id int generated always as identity, constraint notes_pkey primary key (id));
-- case a table of what others count per-file: fk-locks-referenced-table, fk-type-mismatch
create table public.notes (id int primary key references public.teams (id));
-- case a key of two numbers per-file:
create table public.pairs (a int, b int, primary key (a, b));
-- case a column wide enough per-file:
alter table members alter column nick type varchar(80);
-- case a column without a limit per-file:
ALTER TABLE "members" ALTER COLUMN "nick" SET DATA TYPE text USING "nick"::text;
-- case a column less wide per-file: type-change-rewrite
alter table members alter nick type varchar(10);
-- case more digits per-file:
alter table members alter fee type numeric(12, 2);
-- case more digits behind the point per-file: type-change-rewrite
alter table members alter fee type numeric(12, 4);
-- case a longer number per-file: type-change-rewrite
alter table members alter age type bigint using age::bigint;
-- case a moment elsewhere per-file: type-change-rewrite
set local timezone = 'Asia/Tokyo';
alter table members alter joined type timestamptz;
-- case a moment in UTC per-file:
set local timezone = 'UTC';
alter table members alter joined type timestamptz;
-- case a moment said to be of UTC per-file: type-change-rewrite
alter table members alter joined type timestamptz using joined at time zone 'UTC';
-- case text of an enum per-file: type-change-rewrite
alter table members alter shade type text;
-- case an enum of text per-file: type-change-rewrite
alter table members alter email type public.colour using email::public.colour;
-- case the same type per-file:
alter table members alter team_id type int8, alter email type pg_catalog.text;
-- case the same type, and a check of it per-file: check-validates
alter table members alter age type int4;
-- case a column of the file's own, renamed and loosened per-statement:
alter table members add column rank int not null default 1;
alter table members rename column rank to place;
alter table members alter column place drop not null;
-- case index by execute with quotes of another kind per-statement: index-not-concurrent
do $$ begin if true then execute $q$ create index members_age on public.members (age) $q$; end if; end $$;
-- case how a column is stored per-file:
alter table members alter column nick set storage extended;
-- case another order of what is indexed per-file: type-change-index-rebuild
alter table members alter nick type varchar(40) collate "C";
-- case another order of what is not per-file:
alter table visits alter place type text collate "C";
-- case a column that a view shows per-file: type-change-blocked-by-view
alter table teams alter name type varchar;
-- case an array per-file: type-change-rewrite
alter table members alter email type text[] using array[email];
-- case two changes at once per-file: type-change-rewrite
alter table members alter nick type text, alter age type bigint;
-- case another name, with a view of the old one per-file: rename-table
alter table members rename to people;
-- case another name, and a view of the old one per-file:
alter table members rename to people;
create view members as select * from people;
-- case two tables that change places per-file:
create table public.members_new (id bigint primary key);
alter table members rename to members_old;
alter table members_new rename to members;
-- case another schema per-file: rename-table
alter table members set schema app;
-- case another name of a view per-file: rename-table
alter view names rename to titles;
-- case another name of a column per-file: rename-column
alter table members rename nick to name;
-- case another name of a constraint per-file:
alter table members rename constraint age_known to age_is_known;
-- case another name of a schema per-file: rename-schema
alter schema app rename to application;
-- case drop of a table of the file's own per-file:
create table public.notes (id bigint primary key);
drop table public.notes;
-- case drop of a table that is not there per-file:
drop table if exists nowhere cascade;
-- case drop of two tables per-file: drop-table, multiple-tables-locked, statement-after-access-exclusive
drop table base;
drop table child;
-- case drop of a table and what rests on it per-file: drop-table, drop-cascade
drop table if exists public.visits cascade;
-- case drop of a view per-file:
drop view names;
-- case drop of a view and what rests on it per-file: drop-cascade
drop view names cascade;
-- case drop of a function and what rests on it per-file: drop-cascade
drop function public.touch() cascade;
-- case drop of a type and what rests on it per-file: drop-cascade
drop type public.colour cascade;
-- case drop of a schema and what is in it per-file: drop-cascade
drop schema app cascade;
-- case drop of a foreign server and what rests on it per-file: drop-cascade
create extension postgres_fdw;
create server far foreign data wrapper postgres_fdw;
drop server far cascade;
-- case emptied per-file: truncate
truncate only members restart identity;
-- case emptied with what refers to it per-file: truncate, truncate-cascade
truncate table members cascade;
-- case emptied, and the file's own per-file:
create temp table picked (id int);
truncate picked;
-- case logged as it is per-file:
alter table members set logged;
-- case not logged per-file: set-logged-rewrite
alter table members set unlogged;
-- case another way to store per-file since 15: set-access-method-rewrite
alter table members set access method columnar;
-- case the way it is stored per-file since 15:
alter table members set access method heap;
-- case clustered per-file: cluster
cluster members using members_nick;
-- case to be clustered later per-file:
alter table members cluster on members_nick;
-- case vacuumed anew per-statement: vacuum-full
vacuum (full, analyze) members;
-- case vacuumed per-statement:
vacuum (full off, analyze) members;
-- case refreshed per-file: refresh-matview-not-concurrent
refresh materialized view public.totals;
-- case refreshed beside others per-file:
refresh materialized view concurrently public.totals;
-- case locked against writers per-file: explicit-lock-table
lock table members in share row exclusive mode;
-- case locked against nobody per-file:
lock table members in access share mode;
-- case trigger per-file: create-trigger
create trigger touched before update on members for each row execute function touch();
-- case constraint trigger per-file: create-trigger
create constraint trigger touched after insert on members deferrable for each row execute function touch();
-- case trigger of a view per-file:
create trigger touched instead of insert on names for each row execute function touch();
-- case trigger of the file's own per-file:
create table public.notes (id bigint primary key);
create trigger touched before update on public.notes for each row execute function touch();
-- case trigger off per-file: disable-trigger
alter table visits disable trigger touched;
-- case trigger on per-file:
alter table visits enable trigger touched;
-- case replica identity per-file: replica-identity
alter table members replica identity full;
-- case heir per-file: inherit-lock
alter table child inherit base;
-- case partition without a check per-file: attach-partition-scan
alter table logs attach partition logs_2025 for values from ('2025-01-01') to ('2026-01-01');
-- case partition with a check per-file:
alter table logs attach partition logs_2026 for values from ('2026-01-01') to ('2027-01-01');
-- case partition with a check that is too wide per-file: attach-partition-scan
alter table logs attach partition logs_2026 for values from ('2026-01-01') to ('2026-12-31');
-- case partition with a check in other words per-statement:
alter table logs_2025 add constraint y check (day >= date '2025-01-01' and day < '2026-01-01'::date) not valid;
alter table logs_2025 validate constraint y;
alter table logs attach partition logs_2025 for values from ('2025-01-01') to ('2026-01-01');
-- case partition of the file's own per-file:
create table public.logs_2030 (like public.logs including all);
alter table public.logs attach partition public.logs_2030 for values from ('2030-01-01') to ('2031-01-01');
-- case partition in one go per-file: create-partition-of
create table public.logs_2030 partition of public.logs for values from ('2030-01-01') to ('2031-01-01');
-- case partition beside the rest per-file: create-partition-of, default-partition-scan
create table public.parts_1 partition of public.parts for values in (1);
-- case partition beside a rest that cannot have it per-file: create-partition-of
create table public.sorted_1 partition of public.sorted for values in (1);
-- case partition taken off per-file: detach-partition-not-concurrent
alter table logs detach partition logs_2024;
-- case partition taken off beside others per-statement since 14:
alter table logs detach partition logs_2024 concurrently;
-- case partition taken off beside others in a transaction per-file since 14: concurrently-in-transaction
alter table logs detach partition logs_2024 concurrently;
-- case partitioned table of the file's own per-file:
create table public.days (day date not null) partition by range (day);
create table public.days_1 partition of public.days for values from ('2025-01-01') to ('2026-01-01');
create table public.days_rest partition of public.days default;
-- case foreign key of a partitioned table per-file before 18: fk-not-valid-on-partitioned
alter table logs add constraint logs_id_fkey foreign key (id) references members (id) not valid;
-- case foreign key of a partitioned table on newer servers per-file since 18:
alter table logs add constraint logs_id_fkey foreign key (id) references members (id) not valid;
-- case a value in its place per-file:
alter type public.colour add value if not exists 'blue' before 'green';
-- case a value that is there per-file:
alter type public.colour add value if not exists 'red';
-- case a value at the end per-statement: enum-value-order
alter type public.colour add value 'blue';
-- case a value in use per-file: enum-value-used-in-same-transaction
alter type public.colour add value 'blue' after 'red';
alter table members alter shade set default 'blue';
-- case a value in use, later per-statement:
alter type public.colour add value 'blue' after 'red';
update members set shade = 'blue' where id = 1;
-- case the same word as a name per-file:
alter type public.colour add value 'blue' after 'red';
insert into teams (name) values ('blue');
-- case a value of a type of the file's own per-file: enum-type
create type public.size as enum ('s', 'm');
alter type public.size add value 'l';
-- case a value by another name per-file: rename-enum-value
alter type public.colour rename value 'red' to 'scarlet';
-- case a domain of checks per-file: domain-with-constraint
create domain public.email as text check (value like '%@%');
-- case a domain of none per-file:
create domain public.email as text collate "C" default '';
-- case a domain's check per-file: domain-add-constraint-scan
alter domain public.plain add constraint small check (value < 100);
-- case a domain's check, for what comes per-file:
alter domain public.plain add constraint small check (value < 100) not valid;
-- case a domain that nobody uses per-file:
alter domain public.half add constraint small check (value < 100);
-- case no limit at all per-file: missing-lock-timeout
set lock_timeout = 0;
alter table members add column note text;
-- case a limit that is gone per-statement: missing-lock-timeout
reset lock_timeout;
alter table members add column note text;
-- case a limit that a rollback took back per-statement: missing-lock-timeout
reset lock_timeout;
begin;
set lock_timeout = '1s';
rollback;
alter table members add column note text;
-- case a limit for a transaction that is over per-statement: missing-lock-timeout
reset lock_timeout;
begin;
set local lock_timeout = '1s';
commit;
alter table members add column note text;
-- case a limit by a function per-statement:
reset lock_timeout;
select set_config('lock_timeout', '5s', false);
alter table members add column note text;
-- case begun and never ended per-statement: uncommitted-transaction
start transaction;
alter table members add column note text;
-- case begun and ended in other words per-statement:
begin work;
savepoint a;
rollback to savepoint a;
end;
-- case begun in what has begun per-file: transaction-nesting
begin;
alter table members add column note text;
commit;
-- case ended, and never begun per-statement: transaction-nesting
alter table members add column note text;
commit;
-- case one after the other per-file: multiple-alter-same-table
alter table members add column a text;
alter table members add column b text;
-- case three at once per-file: multiple-tables-locked, statement-after-access-exclusive
alter table members add column a text;
alter table teams add column b text;
alter table visits add column c text;
-- case filled in the same transaction per-file: backfill-in-same-transaction, statement-after-access-exclusive
alter table members add column rank int;
update members set rank = 1 where rank is null;
-- case filled later per-statement:
alter table members add column rank int;
update members set rank = 1 where id between 1 and 1000;
-- case all rows per-file: update-without-where
update public.members as m set age = age + 1;
-- case all rows, truly per-file: delete-without-where
delete from members where true;
-- case rows that another table names per-file:
update members m set age = 1 from teams t where t.id = m.team_id;
delete from visits using members where members.id = visits.member_id;
-- case all rows in a part of a query per-file: delete-without-where
with gone as (delete from visits returning id) select count(*) from gone;
-- case rows of the file's own per-file:
create temp table picked as select id from members;
delete from picked;
-- case a name of sixty-four bytes per-file: identifier-too-long
alter table members add column aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggg text;
-- case a name of sixty-three bytes per-file:
alter table members add column aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffggg text;
-- case rows without a guard per-file: rls-disabled
alter table api.notes disable row level security;
-- case a guard without a policy per-file: rls-enabled-no-policy
alter table teams enable row level security;
-- case a guard with a policy per-file:
alter table teams enable row level security;
create policy everybody on teams for select using (true);
-- case a policy gone per-file: policy-dropped
drop policy own on api.notes;
-- case a policy made anew per-file:
drop policy if exists own on api.notes;
create policy own on api.notes to authenticated using (owner is not null);
-- case a policy for everything per-file: policy-always-true
create policy everything on api.notes using (true);
-- case a policy for reading that now reads all per-file:
create policy reading on api.notes for select using (owner is not null);
alter policy reading on api.notes using (true);
-- case a restriction that restricts nothing per-file:
create policy nothing on api.notes as restrictive using (true);
-- case rights for everybody per-file: grant-to-public-role
grant select, insert on members to anon, authenticated;
-- case rights on what is to come per-file: grant-to-public-role
alter default privileges in schema public grant select on tables to anon;
-- case rights that show no rows per-file:
grant usage on schema api to anon;
grant execute on function public.fixed() to anon;
grant select on members to authenticated;
revoke all on members from anon;
-- case a view that forgets who asks per-file since 15: view-security-invoker-lost
create or replace view api.bodies as select id, body from api.notes;
-- case a view that still knows per-file since 15:
create or replace view api.bodies with (security_invoker) as select id, body from api.notes;
-- case a view told to forget per-file since 15: view-security-invoker-lost
alter view api.bodies reset (security_invoker);
-- case a view of guarded rows per-file since 15: view-without-security-invoker
create view api.all_notes as select * from api.notes;
-- case a view of what anybody may see per-file:
create view public.nicks as select nick from members;
-- case a function of its owner per-file: definer-search-path
create function public.peek() returns bigint language sql security definer as 'select count(*) from api.notes';
-- case a function of its owner that knows its way per-file:
create function public.peek() returns bigint language sql security definer as 'select count(*) from api.notes';
alter function public.peek() set search_path = '';
-- case rows and commands of psql per-statement:
\set ON_ERROR_STOP on
copy teams (name) from stdin;
a; drop table members;
\.
-- case what only looks like a statement per-file:
/* drop table members; /* nested */ truncate members; */
comment on table members is 'drop table members; it''s -- all right';
-- drop table members;
do $a$ begin perform 'drop table members'; raise notice $b$truncate members;$b$; end $a$;
-- case harmless things per-file:
create schema if not exists more;
create sequence more.numbers;
alter sequence numbers increment by 2;
create statistics members_ndistinct (ndistinct) on team_id, age from members;
create or replace function public.fixed() returns text language sql as $$ select 'y' $$;
create type more.point as (x int, y int);
comment on column members.nick is 'what others call them';
alter type public.colour owner to current_user;
analyze members;
insert into teams (name) values ('a'), ('b') on conflict do nothing;

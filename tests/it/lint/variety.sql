-- Files as people write them: as in cases.sql, but longer, with what is between statements.

-- case a comment that looks like DDL per-file:
/* drop table members;
   /* nested: truncate visits; */
*/
-- alter table members drop column nick;
comment on table members is 'drop table members; -- no';
-- case DDL in a function that is only made per-file:
create or replace function public.later() returns void
    language plpgsql set search_path = '' as $body$
begin
    -- alter table public.members drop column nick;
    execute 'drop table public.members';
    truncate public.visits;
end;
$body$;
-- case DDL in a string per-file:
insert into public.teams (name) values ('drop table members; alter table visits add column x serial');
-- case a whole new table with all that belongs to it per-statement:
BEGIN;
CREATE TABLE IF NOT EXISTS public."Order Lines" (
    "Id" bigint GENERATED ALWAYS AS IDENTITY,
    "Team" bigint NOT NULL,
    amount numeric(12, 2) NOT NULL DEFAULT 0 CHECK (amount >= 0),
    made timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT "Order Lines pkey" PRIMARY KEY ("Id")
);
CREATE INDEX "Order Lines Team" ON public."Order Lines" ("Team");
ALTER TABLE public."Order Lines" ADD CONSTRAINT positive CHECK (amount < 1e9);
ALTER TABLE public."Order Lines" ALTER COLUMN amount TYPE numeric(9, 1) USING round(amount, 1);
COMMIT;
-- case nothing but settings and looks per-file:
set statement_timeout = '1min';
set local idle_in_transaction_session_timeout = '10s';
select count(*) from pg_class;
show lock_timeout;
-- case rows by their keys per-file:
update public.teams set name = 'x' where id = 1;
delete from public.visits where id in (1, 2, 3);
insert into public.teams (name) values ('a') on conflict do nothing;
-- case columns that cost nothing per-file:
alter table only public.members
    add column if not exists note text,
    add column if not exists seen_at timestamptz default now(),
    add column if not exists tries smallint not null default 0,
    alter column age set default 18,
    alter column email set statistics 500;
-- case a longer varchar and a wider numeric per-file:
alter table public.members alter nick type varchar(80), alter fee type numeric(12, 2);
-- case a check and a key that wait for later per-file:
alter table public.members add constraint age_sane check (age < 200) not valid;
-- case a check that is validated later per-statement:
alter table public.members add constraint age_sane check (age < 200) not valid;
alter table public.members validate constraint age_sane;
-- case not null by a check per-statement:
alter table public.members add constraint email_there check (email is not null) not valid;
alter table public.members validate constraint email_there;
alter table public.members alter column email set not null;
alter table public.members drop constraint email_there;
-- case a unique constraint of an index that was built before per-statement:
create unique index concurrently members_nick_once on public.members (nick);
alter table public.members add constraint members_nick_once unique using index members_nick_once;
-- case indexes beside everybody per-statement:
create index concurrently if not exists members_seen on public.members (seen desc nulls last) where active;
create unique index concurrently on public.members (lower(email)) include (nick);
drop index concurrently if exists public.members_nick;
reindex (verbose) index concurrently public.members_email;
-- case grants to roles by name per-file:
grant select, insert on public.teams to authenticated;
grant usage on schema app to authenticated;
revoke all on public.members from public;
-- case a view that reads as whoever asks per-file since 15:
create or replace view public.seen with (security_invoker = on) as select id, body from api.notes;
-- case a policy of somebody's own per-file:
create policy writes on api.notes for insert to authenticated with check (owner = '00000000-0000-0000-0000-000000000001');
-- case a function with a pinned path per-file:
create function api.two() returns int language sql security definer set search_path to pg_catalog, pg_temp as 'select 2';
-- case a temporary table per-file:
create temporary table batch on commit drop as select id from public.members where age is null;
create unique index on batch (id);
alter table batch add primary key (id);
drop table batch;
-- case a matview beside its readers per-file:
refresh materialized view concurrently public.totals with data;
-- case a partition that is made apart per-statement:
create table public.logs_2027 (like public.logs including defaults including constraints, primary key (id, day));
alter table public.logs_2027 add constraint bound check (day >= date '2027-01-01' and day < date '2028-01-01');
alter table public.logs attach partition public.logs_2027 for values from ('2027-01-01') to ('2028-01-01');
-- case an enum with a place per-file:
alter type public.colour add value if not exists 'amber' before 'red';
-- case an enum of its own per-file: enum-type
do $$ begin
    create type public.size as enum ('s', 'm');
exception when duplicate_object then null;
end $$;
-- case words of the language as names per-file:
create table public."table" ("column" text, "select" bigint primary key, "index" int);
create index "drop" on public."table" ("index");
drop index public."drop";
-- case a block that looks before it adds per-file:
do $migrate$
declare
    is_there boolean;
begin
    select exists (select from information_schema.columns where table_name = 'members' and column_name = 'note') into is_there;
    if not is_there then
        alter table public.members add column note text;
    end if;
end
$migrate$;
-- case a savepoint per-statement:
begin;
savepoint a;
comment on column public.members.nick is 'x';
release savepoint a;
commit;
-- case a column with a name of two words and a default of a stable function per-file:
ALTER TABLE IF EXISTS public.members ADD COLUMN "Joined On" date DEFAULT CURRENT_DATE;
-- case domains without checks per-file:
create domain public.label as text;
alter table public.members add column label public.label;
-- case a sequence and its owner per-file:
create sequence public.tickets as bigint owned by public.teams.id;
alter sequence public.numbers restart with 100;
select setval('public.numbers', 200);
-- case an extension and a schema per-file:
create schema if not exists reports;
create table reports.days (day date primary key, visits bigint not null);
-- case an upsert with everything per-file:
with picked as (select id from public.teams where name = 'a')
insert into public.members (team_id, email)
select id, 'x' from picked
on conflict (email) do update set team_id = excluded.team_id where public.members.team_id is null
returning id;

-- case index in odd letters and comments per-file: index-not-concurrent
CREATE /* now */ INDEX IF NOT EXISTS -- by age
    "Members by Age"
    ON ONLY "public"."members" -- the table
    USING btree ("age");
-- case many actions with three that hurt per-file: add-column-volatile-default, check-validates, type-change-rewrite
alter table if exists only public.members
    add column token uuid not null default gen_random_uuid(),
    add constraint "age ok" check (age between 0 and 150),
    alter column age set data type bigint using age::bigint,
    alter column nick drop default;
-- case a block that drops per-file: drop-column, drop-table, multiple-tables-locked, statement-after-access-exclusive
do $outer$
begin
    if to_regclass('public.visits') is not null then
        alter table public.visits drop column if exists place;
        drop table if exists app.things;
    end if;
end;
$outer$ language plpgsql;
-- case a block that puts its statement together per-file: drop-table
do $$
begin
    execute 'drop table app.things';
end $$;
-- case begin and commit around an index concurrently per-statement: concurrently-in-transaction
BEGIN TRANSACTION ISOLATION LEVEL READ COMMITTED;
CREATE INDEX CONCURRENTLY IF NOT EXISTS members_age ON public.members (age);
END;
-- case a key and its rows at once per-file: fk-validates, fk-column-not-indexed
alter table public.members
    add constraint members_team foreign key (team_id) references public.teams (id) on delete cascade deferrable initially deferred;
-- case a key in the column's own words per-file: fk-validates, fk-column-not-indexed
alter table public.visits add column team bigint default 1 references public.teams;
-- case not null over all rows per-file: set-not-null-scan
ALTER TABLE public.members ALTER COLUMN "email" SET NOT NULL;
-- case renames in a row per-file: rename-column, rename-table
alter table public.members rename nick to "nick name";
alter table public.members rename to people;
-- case serial and short integers in a new table per-file: int-overflow, prefer-identity, timestamp-without-tz, varchar-limit, json-column, char-column
create table public.old_style (
    id serial primary key,
    made timestamp without time zone default now(),
    name character varying(50),
    data json,
    flag character(1)
);
-- case a table that is emptied and filled per-file: truncate, truncate-cascade
truncate table only public.visits, public.teams restart identity cascade;
-- case all rows, by a condition that is none per-file: update-without-where, delete-without-where
update public.members set active = true;
delete from public.visits;
-- case a change and then all rows in one transaction per-file: backfill-in-same-transaction, update-without-where, statement-after-access-exclusive
alter table public.members add column plan text;
update public.members set plan = 'free';
-- case a value that is used at once per-file: enum-value-order, enum-value-used-in-same-transaction
alter type public.colour add value 'blue';
update public.members set shade = 'blue' where id = 1;
-- case security definer without a path per-file: definer-search-path
create or replace function public.peek(int) returns int
    language sql stable security definer
as $$ select $1 $$;
-- case policies for everybody per-file: policy-always-true
create policy "anyone writes" on api.notes as permissive for all to authenticated using (true) with check (1 = 1);
-- case rows open again per-file: rls-disabled
alter table if exists api.notes disable row level security;
-- case a policy without a successor per-file: policy-dropped
drop policy if exists own on api.notes;
-- case rights for everybody per-file: grant-to-public-role
grant all privileges on all tables in schema public to public;
-- case a view that forgets who asks per-file since 15: view-security-invoker-lost
create or replace view api.bodies as select id, body from api.notes;
-- case vacuum, cluster and reindex per-statement: vacuum-full, cluster, reindex-not-concurrent
vacuum (full, analyze) public.members;
cluster verbose public.members using members_nick;
reindex table public.visits;
-- case a generated column and one that counts per-file: add-column-generated-stored, add-column-serial-or-identity, multiple-alter-same-table
alter table public.visits add column place_length int generated always as (length(place)) stored;
alter table public.visits add column number bigint generated by default as identity;
-- case a file that never commits per-statement: uncommitted-transaction
start transaction;
alter table public.members add column note text;
-- case cascades of every kind per-file: drop-cascade, drop-table
drop table if exists public.visits cascade;
-- case a schema by another name per-file: rename-schema
ALTER SCHEMA "app" RENAME TO "application";
-- case triggers per-file: create-trigger, disable-trigger
alter table public.visits disable trigger all;
create or replace trigger touched_too after update of nick on public.members for each row when (old.* is distinct from new.*) execute function public.touch();
-- case locks by hand per-file: explicit-lock-table
lock table public.members, public.visits in access exclusive mode nowait;
-- case a partition by itself and out again per-statement: create-partition-of, detach-partition-not-concurrent
create table public.logs_2028 partition of public.logs for values from ('2028-01-01') to ('2029-01-01');
alter table public.logs detach partition public.logs_2024;
-- case a primary key and a unique constraint per-file: primary-key-builds-index, unique-constraint-builds-index, multiple-tables-locked, statement-after-access-exclusive
alter table public.base add primary key (a);
alter table public.members add constraint one_nick unique (nick, age);

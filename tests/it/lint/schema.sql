-- What the cases of the rules start from.
create access method columnar type table handler heap_tableam_handler;
create role anon;
create role authenticated;
create type public.colour as enum ('red', 'green');
create domain public.percent as int check (value between 0 and 100);
create domain public.plain as int;
create domain public.half as public.percent;
create domain public.token as uuid default gen_random_uuid();
create sequence public.numbers;
create function public.fixed() returns text language sql as $$ select 'x' $$;
create function public.fresh() returns text language plpgsql as $$ begin return clock_timestamp()::text; end $$;
create function public.touch() returns trigger language plpgsql as $$ begin return new; end $$;
create table public.teams (id bigint generated always as identity primary key, name text not null);
create table public.members (
    id bigint generated always as identity primary key,
    team_id bigint,
    email text,
    nick varchar(40),
    age int,
    fee numeric(8, 2),
    joined timestamp,
    seen timestamptz,
    code char(4),
    address cidr,
    shade public.colour,
    score public.plain,
    active boolean not null default true,
    constraint age_known check (age is not null)
);
create index members_nick on public.members (nick);
create unique index members_email on public.members (email);
create unique index members_fee on public.members (fee);
create table public.visits (
    id bigint primary key,
    member_id bigint,
    place text,
    at timestamptz not null default now(),
    during tstzrange
);
create index visits_member on public.visits (member_id);
create trigger touched before insert on public.visits for each row execute function public.touch();
create view public.names as select id, name from public.teams;
create materialized view public.totals as select member_id, count(*) as visits from public.visits group by 1;
create unique index totals_member on public.totals (member_id);
create table public.logs (id bigint not null, day date not null, line text, primary key (id, day)) partition by range (day);
create table public.logs_2024 partition of public.logs for values from ('2024-01-01') to ('2025-01-01');
create table public.logs_2025 (id bigint not null, day date not null, line text, primary key (id, day));
create table public.logs_2026 (
    id bigint not null,
    day date not null,
    line text,
    primary key (id, day),
    check (day >= '2026-01-01' and day < '2027-01-01')
);
create table public.parts (k int not null, v text) partition by list (k);
create table public.parts_rest partition of public.parts default;
create index parts_v on public.parts (v);
create table public.sorted (k int not null, v text) partition by list (k);
create table public.sorted_rest partition of public.sorted default;
alter table public.sorted_rest add check (k = 9);
create table public.base (a int);
create table public.child (a int);
create schema app;
create table app.things (id bigint primary key, label text);
create schema api;
create table api.notes (id bigint primary key, owner uuid, body text);
alter table api.notes enable row level security;
create policy own on api.notes to authenticated using (owner is not null);
create view api.bodies with (security_invoker = true) as select id, body from api.notes;
create function api.secret() returns int language sql security definer set search_path = '' as $$ select 1 $$;

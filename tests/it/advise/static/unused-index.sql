-- finds public.notes_body
-- finds public.events_body
create table public.notes (id int primary key, body text);
create index notes_body on public.notes (body);
create table public.events (at date, body text) partition by range (at);
create table public.events_1 partition of public.events for values from ('2020-01-01') to ('2021-01-01');
create table public.events_2 partition of public.events for values from ('2021-01-01') to ('2022-01-01');
create index events_body on public.events (body);
-- near miss: what something else than a query needs, and what a query has used
create table public.users (id int primary key, email text not null, name text, team int, born date);
create unique index on public.users (email);
create index on public.users (team);
create table public.teams (id int primary key);
alter table public.users add foreign key (team) references public.teams;
alter table public.users enable row level security;
create policy own on public.users using (name = current_user);
create index on public.users (name);
create unique index users_identity on public.users (email, id);
alter table public.users replica identity using index users_identity;
create index users_born on public.users (born);
cluster public.users using users_born;
create table public.notes (id int primary key, body text);
create index on public.notes (body);
create table public.events (at date, body text) partition by range (at);
create table public.events_1 partition of public.events for values from ('2020-01-01') to ('2021-01-01');
create table public.events_2 partition of public.events for values from ('2021-01-01') to ('2022-01-01');
create index on public.events (body);
set enable_seqscan = off;
select from public.notes where body = 'a';
select from public.events where at = '2021-05-05' and body = 'a';

-- finds public.notes_body
-- finds public.events_body
-- finds public.bills_team_at
-- finds public.bills_team_no
-- finds public.pages_owner_at
create table public.notes (id int primary key, body text);
create index notes_body on public.notes (body);
create table public.events (at date, body text) partition by range (at);
create table public.events_1 partition of public.events for values from ('2020-01-01') to ('2021-01-01');
create table public.events_2 partition of public.events for values from ('2021-01-01') to ('2022-01-01');
create index events_body on public.events (body);
-- A foreign key and a policy need one index, not each that begins with their column.
create table public.teams (id int primary key);
create table public.bills (id int primary key, team int references public.teams, at date, no int);
create index bills_team on public.bills (team);
create index bills_team_at on public.bills (team, at);
create index bills_team_no on public.bills (team, no);
create table public.pages (id int primary key, owner text, at date);
create unique index on public.pages (owner, id);
create index pages_owner_at on public.pages (owner, at);
alter table public.pages enable row level security;
create policy own on public.pages using (owner = current_user);
-- near miss: what something else than a query needs, and what a query has used
create table public.users (id int primary key, email text not null, name text, team int, born date);
create unique index on public.users (email);
create index on public.users (team);
create table public.teams (id int primary key);
alter table public.users add foreign key (team) references public.teams;
alter table public.users enable row level security;
create policy own on public.users using (name = current_user);
create index on public.users (name);
create table public.tagged (id int primary key, tags text[]);
alter table public.tagged enable row level security;
create policy seen on public.tagged using (tags && array[current_user::text]);
create index on public.tagged using gin (tags);
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

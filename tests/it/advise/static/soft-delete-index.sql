-- finds public.notes.deleted_at
-- finds public.events.deleted_at
create table public.notes (id int primary key, body text, deleted_at timestamptz);
insert into public.notes select n, n, case when n % 2 = 0 then now() end from generate_series(1, 20000) n;
create index on public.notes (body);
analyze public.notes;
create table public.events (at date, body text, deleted_at timestamptz) partition by range (at);
create table public.events_a partition of public.events for values from ('2020-01-01') to ('2021-01-01');
insert into public.events select '2020-05-05', n, case when n % 2 = 0 then now() end from generate_series(1, 20000) n;
create index on public.events (body);
analyze public.events;
-- near miss: left out already, hardly any, what a foreign key needs, few rows
create table public.notes (id int primary key, body text, deleted_at timestamptz);
insert into public.notes select n, n, case when n % 2 = 0 then now() end from generate_series(1, 20000) n;
create index on public.notes (body) where deleted_at is null;
create index on public.notes (body, deleted_at);
create table public.kept (id int primary key, body text, deleted_at timestamptz);
insert into public.kept select n, n, case when n % 20 = 0 then now() end from generate_series(1, 20000) n;
create index on public.kept (body);
create table public.referring (id int primary key, kept int references public.kept, deleted_at timestamptz);
insert into public.referring select n, n, case when n % 2 = 0 then now() end from generate_series(1, 20000) n;
create index on public.referring (kept);
create table public.few (id int primary key, body text, deleted_at timestamptz);
insert into public.few select n, n, now() from generate_series(1, 200) n;
create index on public.few (body);
analyze public.notes, public.kept, public.referring, public.few;

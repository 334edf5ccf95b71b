-- finds public.notes_done
-- finds public.notes_kind
-- finds public.events_done
create table public.notes (id int primary key, done boolean, kind text);
insert into public.notes select n, n % 2 = 0, 'note' from generate_series(1, 20000) n;
create index notes_done on public.notes (done);
create index notes_kind on public.notes using hash (kind);
analyze public.notes;
create table public.events (at date, done boolean) partition by range (at);
create table public.events_a partition of public.events for values from ('2020-01-01') to ('2021-01-01');
insert into public.events select '2020-05-05', n % 2 = 0 from generate_series(1, 20000) n;
create index events_done on public.events (done);
analyze public.events;
-- near miss: a rare value, many values, more keys, rows left out, few rows, and a policy that goes by it
create table public.notes (id int primary key, rare boolean, many int, done boolean, open boolean);
insert into public.notes select n, n % 100 = 0, n % 1000, n % 2 = 0, n % 2 = 0 from generate_series(1, 20000) n;
create index on public.notes (rare);
create index on public.notes (many);
create index on public.notes (done, id);
create index on public.notes (done) where rare;
create index on public.notes (open);
alter table public.notes enable row level security;
create policy seen on public.notes using (open);
create table public.few (id int primary key, done boolean);
insert into public.few select n, n % 2 = 0 from generate_series(1, 200) n;
create index on public.few (done);
analyze public.notes, public.few;

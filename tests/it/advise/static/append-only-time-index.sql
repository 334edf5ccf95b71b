-- finds public.events_at
-- finds public.visits_at
create table public.events (id int, at timestamptz);
insert into public.events select n, '2020-01-01'::timestamptz + n * interval '1 second' from generate_series(1, 400000) n;
create index events_at on public.events (at);
analyze public.events;
set enable_seqscan = off;
select count(*) from public.events where at < '2020-01-02';
create table public.visits (id int, at timestamptz) partition by range (at);
create table public.visits_a partition of public.visits for values from ('2020-01-01') to ('2020-01-04');
create table public.visits_b partition of public.visits for values from ('2020-01-04') to ('2021-01-01');
insert into public.visits select n, '2020-01-01'::timestamptz + n * interval '1 second' from generate_series(1, 500000) n;
create index visits_at on public.visits (at);
analyze public.visits;
select count(*) from public.visits where at < '2020-01-02';
-- near miss: rows in no order, and scans that want a few
create table public.shuffled (id int, at timestamptz);
insert into public.shuffled select n, '2020-01-01'::timestamptz + (n * 7919::bigint % 400000) * interval '1 second' from generate_series(1, 400000) n;
create index on public.shuffled (at);
create table public.latest (id int, at timestamptz);
insert into public.latest select n, '2020-01-01'::timestamptz + n * interval '1 second' from generate_series(1, 400000) n;
create index on public.latest (at);
analyze public.shuffled, public.latest;
set enable_seqscan = off;
select count(*) from public.shuffled where at < '2020-01-02';
select id from public.latest order by at desc limit 10;

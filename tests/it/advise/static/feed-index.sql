-- finds public.notes.user_id
-- finds public.events.user_id
create table public.users (id int primary key);
insert into public.users select generate_series(1, 2);
create table public.notes (id int primary key, user_id int references public.users, created_at timestamptz default now());
insert into public.notes select n, n % 2 + 1 from generate_series(1, 4000) n;
create index on public.notes (user_id);
analyze public.notes;
create table public.events (user_id int references public.users, created_at timestamptz) partition by range (created_at);
create table public.events_a partition of public.events for values from ('2020-01-01') to ('2021-01-01');
insert into public.events select n % 2 + 1, '2020-05-05' from generate_series(1, 4000) n;
create index on public.events (user_id);
analyze public.events;
-- near miss: served already, few rows each, no time
create table public.users (id int primary key);
insert into public.users select generate_series(1, 1000);
create table public.served (id int primary key, user_id int references public.users, created_at timestamptz default now());
insert into public.served select n, n % 2 + 1 from generate_series(1, 4000) n;
create index on public.served (user_id);
create index on public.served (user_id, created_at desc);
create table public.few (id int primary key, user_id int references public.users, created_at timestamptz default now());
insert into public.few select n, n % 1000 + 1 from generate_series(1, 4000) n;
create index on public.few (user_id);
create table public.timeless (id int primary key, user_id int references public.users, created_at text);
insert into public.timeless select n, n % 2 + 1 from generate_series(1, 4000) n;
create index on public.timeless (user_id);
analyze public.served, public.few, public.timeless;

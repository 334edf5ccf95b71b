-- finds public.notes.user_id
-- finds public.events.user_id
create table public.users (id int primary key);
insert into public.users values (1);
create table public.notes (id int primary key, user_id int references public.users);
insert into public.notes select n, 1 from generate_series(1, 2000) n;
analyze public.notes;
-- A table of partitions, and a column of two keys.
create table public.members (team int, user_id int references public.users, primary key (team, user_id));
insert into public.members values (1, 1);
create table public.events (at date, team int not null, user_id int references public.users,
  foreign key (team, user_id) references public.members) partition by range (at);
create table public.events_a partition of public.events for values from ('2020-01-01') to ('2021-01-01');
insert into public.events select '2020-05-05', 1, 1 from generate_series(1, 2000) n;
analyze public.events;
-- near miss: one that is NULL, one that becomes so, a tree, few rows, never analysed
create table public.users (id int primary key);
insert into public.users values (1);
create table public.some_without (id int primary key, user_id int references public.users);
insert into public.some_without select n, nullif(n % 2, 0) from generate_series(1, 2000) n;
create table public.emptied (id int primary key, user_id int references public.users on delete set null);
insert into public.emptied select n, 1 from generate_series(1, 2000) n;
create table public.tree (id int primary key, parent int references public.tree);
insert into public.tree select n, 1 from generate_series(1, 2000) n;
create table public.few (id int primary key, user_id int references public.users);
insert into public.few select n, 1 from generate_series(1, 20) n;
analyze public.some_without, public.emptied, public.tree, public.few;
create table public.unseen (id int primary key, user_id int references public.users);
insert into public.unseen select n, 1 from generate_series(1, 2000) n;

-- finds public.orders.orders_user_id_fkey
-- finds public.lines.lines_order_id_fkey
-- finds public.lines.lines_a_b_fkey
-- finds public.lines.lines_b_fkey
-- finds public.events.events_user_id_fkey
-- finds public.logs.logs_user_id_fkey
-- finds public.names.names_name_fkey
-- finds public.names.names_other_fkey
create table public.users (id int primary key);
create table public.pairs (a int, b int unique, primary key (a, b));
create table public.orders (id int primary key, user_id int references public.users);
create index on public.orders (id, user_id);
create index on public.orders (user_id) where id > 7;
create index on public.orders using brin (user_id);
create table public.lines (
  order_id int references public.orders, a int, b int references public.pairs (b),
  foreign key (a, b) references public.pairs
);
-- The columns in another order, and some of them.
create index on public.lines (b desc, a) where order_id is not null;
create index on public.lines (a);
-- One partition has an index, the other has not.
create table public.events (at date, user_id int references public.users) partition by range (at);
create table public.events_a partition of public.events for values from ('2020-01-01') to ('2021-01-01');
create table public.events_b partition of public.events for values from ('2021-01-01') to ('2022-01-01');
create index on public.events_a (user_id);
create table public.logs (at date, user_id int references public.users) partition by range (at);
create table public.logs_a partition of public.logs for values from ('2020-01-01') to ('2021-01-01');
create index logs_user on only public.logs (user_id);
-- Another order of letters, and what is no column.
create table public.words (word text primary key);
create table public.names (name text references public.words, other text references public.words);
create index on public.names (name collate "C");
create index on public.names (lower(other));
-- finds public.visits.visits_user_id_fkey
-- finds public.visits_a.visits_a_user_id_fkey
-- finds public.visits_a.visits_a_user_id_at_fkey
-- One index serves the keys of the whole table, and those of a partition.
create table public.visits (at date, user_id int references public.users) partition by range (at);
create table public.days (user_id int, at date, primary key (user_id, at));
create table public.visits_a partition of public.visits for values from ('2020-01-01') to ('2021-01-01');
alter table public.visits_a add foreign key (user_id) references public.users;
alter table public.visits_a add foreign key (user_id, at) references public.days;
-- finds public.events_of_the_accounting_department_in_the_years_past.one
-- finds public.events_of_the_accounting_department_in_the_years_past.other
-- Names that are cut stay different.
create table public.events_of_the_accounting_department_in_the_years_past (
  at date, of_user int constraint one references public.users, by_user int constraint other references public.users
) partition by range (at);
create table public.events_of_the_accounting_department_in_the_years_past_1
  partition of public.events_of_the_accounting_department_in_the_years_past for values from ('2020-01-01') to ('2021-01-01');
-- finds public.marks.marks_user_id_fkey
-- A build that failed is done again, not beside it.
create table public.marks (id int primary key, user_id int references public.users);
create index marks_user on public.marks (user_id);
update pg_index set indisvalid = false where indexrelid = 'public.marks_user'::regclass;
-- near miss: indexes that serve it, whatever they are
create table public.users (id int primary key);
create table public.pairs (a int, b int, primary key (a, b));
create table public.orders (id int, user_id int references public.users, primary key (user_id, id));
create table public.notes (id int primary key, user_id int references public.users);
create index on public.notes (user_id) where user_id is not null;
create table public.links (a int, b int, c text, foreign key (a, b) references public.pairs);
create index on public.links (a desc, b, c) where a is not null and b is not null;
create table public.tags (id int primary key, user_id int references public.users);
create index on public.tags using hash (user_id);
create table public.events (at date, user_id int references public.users) partition by range (at);
create table public.events_a partition of public.events for values from ('2020-01-01') to ('2021-01-01');
create table public.events_b partition of public.events for values from ('2021-01-01') to ('2022-01-01');
create index on public.events_a (user_id);
create index on public.events_b (user_id, at);
create table public.words (word text primary key);
create table public.names (name text references public.words, other text unique references public.words);
create index on public.names (name text_pattern_ops);
create extension btree_gist;
create table public.bookings (room int references public.users, during tstzrange, exclude using gist (room with =, during with &&));
create table public.hosts (addr inet primary key);
create table public.calls (id int primary key, addr inet references public.hosts);
create index on public.calls using spgist (addr);

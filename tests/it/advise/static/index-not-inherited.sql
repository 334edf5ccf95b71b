-- finds public.capitals
-- finds public.night_visits
-- finds public.dogs
create table public.cities (id int primary key, name text, state text);
create index on public.cities (name);
create index on public.cities (lower(state));
create table public.capitals (rank int, primary key (id)) inherits (public.cities);
create index on public.capitals (name) where rank = 1;
create table public.visits (id int primary key, city_id int, at timestamptz);
create index on public.visits (city_id, at);
create table public.night_visits (primary key (id)) inherits (public.visits);
create index on public.night_visits (at, city_id);
-- One index serves both.
create table public.animals (name text, born date);
create index on public.animals (name);
create index on public.animals (name, born);
create table public.dogs () inherits (public.animals);
-- near miss: indexes that find as much, and partitions
create table public.cities (id int primary key, name text, state text);
create index on public.cities (name);
create index on public.cities (lower(state));
create table public.capitals (rank int, primary key (id)) inherits (public.cities);
create index on public.capitals (name, rank);
create index on public.capitals (lower(state));
create table public.visits (id int, at date, primary key (id, at)) partition by range (at);
create index on public.visits (at);
create table public.visits_a partition of public.visits for values from ('2020-01-01') to ('2021-01-01');

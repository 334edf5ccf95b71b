-- run per-file
-- finds public.later.id
create table later (id integer generated always as identity primary key);

-- near miss
create table later (id bigint primary key, amount int);

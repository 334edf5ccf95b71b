-- run per-file
-- finds public.later.id
create table later (id bigserial primary key);

-- near miss
create table later (id bigint generated always as identity primary key);

-- run per-file
-- finds public.visits
create index visits_place on visits (place);

-- near miss
-- run per-statement
create index concurrently visits_place on visits (place);
create table later (id bigint primary key, place text);
create index on later (place);

-- run per-file
-- finds CREATE INDEX CONCURRENTLY
create index concurrently visits_place on visits (place);

-- near miss
-- run per-statement
create index concurrently visits_place on visits (place);

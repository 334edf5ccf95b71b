-- run per-file
-- finds public.visits
alter table visits add column slug text, add constraint visits_place_key unique (place);

-- near miss
-- run per-statement
create unique index concurrently visits_place_key on visits (place);
alter table visits add constraint visits_place_key unique using index visits_place_key;

-- run per-file
-- finds public.teams.more
alter table teams add column more json;

-- near miss
alter table teams add column more jsonb;

-- run per-file
-- finds public.teams
alter table teams add column more text;
alter table teams add column less text;

-- near miss
alter table teams add column more text, add column less text;
alter table teams rename more to most;

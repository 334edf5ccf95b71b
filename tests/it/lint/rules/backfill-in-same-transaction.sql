-- run per-file
-- finds public.teams
alter table teams add column more text;
update teams set more = name where more is null;

-- near miss
alter table teams add column more text;
update teams set more = name where id = 1;

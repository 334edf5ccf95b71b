-- run per-file
-- finds public.teams
alter table teams add column more text;
select count(*) from visits;

-- near miss
-- run per-statement
alter table teams add column more text;
select count(*) from visits;

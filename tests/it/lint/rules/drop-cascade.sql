-- run per-file
-- finds public.teams.name
alter table teams drop column name cascade;

-- near miss
drop view names;
alter table teams drop column name;

-- run per-file
-- finds public.teams.name
alter table teams alter column name type varchar(80);

-- near miss
drop view names;
alter table teams alter column name type varchar;

-- run per-file
-- finds public.teams.code
alter table teams add column code character(2);

-- near miss
alter table teams add column code "char", add column word text;

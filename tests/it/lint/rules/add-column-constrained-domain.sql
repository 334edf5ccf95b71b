-- run per-file
-- finds public.teams.share
alter table teams add column share public.percent;

-- near miss
alter table teams add column share plain default 1;

-- run per-file
-- finds public.teams.born
alter table teams add column born timestamp(3);

-- near miss
alter table teams add column born timestamp with time zone, add column day date;

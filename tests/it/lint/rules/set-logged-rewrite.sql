-- run per-file
-- finds public.visits
alter table visits set unlogged;

-- near miss
alter table visits set logged;

-- run per-file
-- finds public.visits
truncate table only visits;

-- near miss
create table brief (a int);
truncate brief;

-- run per-file
-- finds public.visits
alter table visits set tablespace fast;

-- near miss
create table brief (a int);
alter table brief set tablespace fast;

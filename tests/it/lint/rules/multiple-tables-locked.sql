-- run per-file
-- finds public.members
alter table teams add column more text;
alter table members add column more text;

-- near miss
alter table teams add column more text;
create table brief (a int);
alter table brief add column b int;

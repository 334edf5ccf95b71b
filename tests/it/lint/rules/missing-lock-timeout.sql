-- run per-file
-- finds public.members
set lock_timeout = 0;
alter table members add column more text;

-- near miss
set local lock_timeout to '2s';
alter table members add column more text;

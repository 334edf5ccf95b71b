-- run per-file
-- finds public.members.next
alter table members add column next int generated always as (age + 1) stored;

-- near miss
alter table members add column next int default 1 + 1;

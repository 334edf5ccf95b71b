-- run per-file
-- finds BEGIN
begin;
alter table teams add column more text;
commit;

-- near miss
-- run per-statement
begin;
alter table teams add column more text;
commit;

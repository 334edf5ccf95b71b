-- run per-statement
-- finds BEGIN
begin;
alter table teams add column more text;

-- near miss
start transaction;
alter table teams add column more text;
end;

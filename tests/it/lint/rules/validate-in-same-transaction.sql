-- run per-file
-- finds public.members.grown
alter table members add constraint grown check (age > 17) not valid;
alter table members validate constraint grown;

-- near miss
-- run per-statement
alter table members add constraint grown check (age > 17) not valid;
alter table members validate constraint grown;

-- run per-file
-- finds public.members
alter table members add constraint grown check (age > 17);

-- near miss
alter table members add constraint grown check (age > 17) not valid;

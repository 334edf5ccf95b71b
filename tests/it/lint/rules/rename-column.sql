-- run per-file
-- finds public.members.nick
alter table members rename nick to handle;

-- near miss
alter table members rename constraint age_known to age_given;

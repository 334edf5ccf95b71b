-- run per-file
-- finds public.members.active
alter table members alter column active drop not null;

-- near miss
alter table members alter column email drop not null;

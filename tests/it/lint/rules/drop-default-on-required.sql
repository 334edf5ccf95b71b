-- run per-file
-- finds public.members.active
alter table members alter active drop default;

-- near miss
alter table members alter active drop default, alter active drop not null;

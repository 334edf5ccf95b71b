-- run per-file
-- finds public.members
cluster members using members_nick;

-- near miss
alter table members cluster on members_nick;

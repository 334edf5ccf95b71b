-- run per-file
-- finds public.members
alter table members replica identity full;

-- near miss
alter table members set (fillfactor = 90);

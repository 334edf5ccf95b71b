-- run per-file
-- finds public.members
lock table members;

-- near miss
lock table members in row exclusive mode;

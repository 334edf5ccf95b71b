-- run per-file
-- finds public.members
truncate members cascade;

-- near miss
truncate members restart identity restrict;

-- run per-file
-- finds public.members_nick
drop index if exists members_nick;

-- near miss
-- run per-statement
drop index concurrently if exists "members_nick";

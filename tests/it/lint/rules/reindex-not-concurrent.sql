-- run per-statement
-- finds public.members_nick
reindex index members_nick;

-- near miss
reindex (concurrently, verbose) index members_nick;

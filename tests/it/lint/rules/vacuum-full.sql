-- run per-statement
-- finds public.members
vacuum (full true, analyze) members;

-- near miss
vacuum (analyze) members;

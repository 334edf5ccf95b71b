-- run per-file
-- finds public.totals
refresh materialized view totals;

-- near miss
refresh materialized view concurrently totals;

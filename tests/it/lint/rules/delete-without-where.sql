-- run per-file
-- finds public.visits
with gone as (delete from visits returning id) select count(*) from gone;

-- near miss
delete from visits where at < now() - interval '1 year';

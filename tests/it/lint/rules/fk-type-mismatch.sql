-- run per-file
-- finds public.visits.worker
alter table visits add column worker int references members;

-- near miss
alter table visits add column worker int8 references members;

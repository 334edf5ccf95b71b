-- run per-file
-- finds public.visits
alter table visits set access method columnar;

-- near miss
alter table visits set access method heap;

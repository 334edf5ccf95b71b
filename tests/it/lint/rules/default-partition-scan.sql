-- run per-file
-- finds public.parts_rest
create table parts_1 partition of parts for values in (1);

-- near miss
create table sorted_1 partition of sorted for values in (1);

-- run per-file
-- finds public.colour
alter type colour rename value 'red' to 'crimson';

-- near miss
alter type colour rename to hue;

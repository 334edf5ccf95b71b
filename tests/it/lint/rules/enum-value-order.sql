-- run per-file
-- finds public.colour
alter type colour add value 'blue';

-- near miss
alter type colour add value if not exists 'blue' before 'green';

-- run per-file
-- finds public.mood
create type mood as enum ('glad', 'sad');

-- near miss
create type place as (x int, y int);

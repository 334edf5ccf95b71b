-- run per-file
-- finds public.positive
create domain positive as int check (value > 0);

-- near miss
create domain amount as int default 1;

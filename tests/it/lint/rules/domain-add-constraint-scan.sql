-- run per-file
-- finds public.plain
alter domain plain add constraint low check (value < 10);

-- near miss
alter domain plain add constraint low check (value < 10) not valid;

-- run per-file
-- finds citext
alter extension citext update to '1.6';

-- near miss
alter extension citext set schema public;

-- run per-statement
-- finds DROP DATABASE
drop database if exists old with (force);

-- near miss
drop schema if exists old;

-- run per-file
-- finds VACUUM
-- finds ALTER SYSTEM
vacuum members;
alter system set work_mem = '8MB';

-- near miss
-- run per-statement
vacuum members;
alter system set work_mem = '8MB';
reindex schema app;

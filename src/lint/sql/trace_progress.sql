-- The tables that another session builds indexes of and has read for it. $1 is its process; 13 and later.
SELECT relid::int8
FROM pg_catalog.pg_stat_progress_create_index
WHERE pid = $1 AND phase <> 'initializing' AND phase NOT LIKE 'waiting for writers before%'

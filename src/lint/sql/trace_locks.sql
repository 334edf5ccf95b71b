-- The locks on relations that this session holds. No parameters; 13 and later.
SELECT relation::int8 AS oid, mode
FROM pg_catalog.pg_locks
WHERE pid = pg_backend_pid() AND locktype = 'relation' AND granted

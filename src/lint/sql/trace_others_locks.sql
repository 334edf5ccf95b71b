-- The locks that another session holds or waits for; those that are on no relation have no number. $1 is its process; 13 and later.
SELECT relation::int8 AS oid, mode, granted
FROM pg_catalog.pg_locks
WHERE pid = $1 AND (locktype = 'relation' OR NOT granted)

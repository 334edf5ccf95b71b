-- Who holds the lock $1 of this database. What others do is not shown to everybody; who they are is.
SELECT l.pid,
       coalesce(a.usename::text, '?') AS usename,
       coalesce(a.application_name, '') AS application_name,
       a.client_addr::text AS client_addr,
       to_char(a.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS since,
       l.pid = pg_backend_pid() AS is_self
FROM pg_locks AS l
LEFT JOIN pg_stat_activity AS a ON a.pid = l.pid
WHERE l.locktype = 'advisory'
  AND l.granted
  AND l.objsubid = 1
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND l.classid::bigint = ($1::bigint >> 32) & 4294967295
  AND l.objid::bigint = $1::bigint & 4294967295
ORDER BY l.pid

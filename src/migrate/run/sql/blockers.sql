-- Who keeps the session $1 waiting.
SELECT a.pid,
       coalesce(a.usename::text, '?') AS usename,
       coalesce(a.application_name, '') AS application_name,
       a.client_addr::text AS client_addr,
       to_char(a.xact_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS since,
       false AS is_self
FROM pg_stat_activity AS a
WHERE a.pid = ANY (pg_blocking_pids($1))
ORDER BY a.pid

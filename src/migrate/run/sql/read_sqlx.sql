-- What sqlx has recorded. The tenant is the search path's affair.
SELECT version::text AS version,
       description AS name,
       checksum,
       NULL::text[] AS statements,
       success,
       to_char(installed_on AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS applied_at
FROM _sqlx_migrations
WHERE $1 IS NOT NULL

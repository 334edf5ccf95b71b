-- What pgkeel has recorded for one tenant, or for the whole database.
SELECT version,
       name,
       checksum,
       NULL::text[] AS statements,
       true AS success,
       to_char(applied_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS applied_at
FROM pgkeel.migrations
WHERE tenant = $1

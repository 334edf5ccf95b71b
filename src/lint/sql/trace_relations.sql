-- What is stored of each table, materialised view and index, and how often it has been read as a whole: the file that holds it, which is
-- another one after a rewrite, and the scans that are counted and that this session has yet to hand in. No parameters; 13 and later.
SELECT
    n.nspname AS schema,
    c.relname AS name,
    c.relkind IN ('i', 'I') AS is_index,
    coalesce(pg_relation_filenode(c.oid), 0)::int8 AS file,
    coalesce(pg_stat_get_numscans(c.oid), 0) + coalesce(pg_stat_get_xact_numscans(c.oid), 0) AS scans,
    c.oid::int8 AS oid
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'm', 'v', 'i', 'I', 'f')
    AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
    AND c.relpersistence <> 't'

-- The names of all schemas that are not PostgreSQL's own.
-- All versions; no parameters.
SELECT nspname::text
FROM pg_catalog.pg_namespace
WHERE nspname <> 'information_schema' AND nspname NOT LIKE 'pg\_%'
ORDER BY nspname

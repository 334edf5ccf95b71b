-- The names of all roles but PostgreSQL's own, for telling a slip of the pen from a role that nothing names.
-- All versions; no parameters.
SELECT rolname::text
FROM pg_catalog.pg_roles
WHERE rolname NOT LIKE 'pg\_%'
ORDER BY rolname

-- The indexes of the table $1 that were not there when its list $2 was made.
SELECT i.indisvalid AS is_valid,
       format('DROP INDEX CONCURRENTLY %I.%I', n.nspname, c.relname) AS drop_it,
       (SELECT p.pid FROM pg_stat_progress_create_index AS p WHERE p.index_relid = i.indexrelid LIMIT 1) AS builder
FROM pg_index AS i
JOIN pg_class AS c ON c.oid = i.indexrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE i.indrelid = to_regclass($1) AND NOT i.indexrelid = ANY ($2::oid[])
ORDER BY n.nspname, c.relname

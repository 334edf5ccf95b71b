-- The index called $2 of the table $1: whether it is valid, how to drop it, and who is building it at this moment.
SELECT i.indisvalid AS is_valid,
       format('DROP INDEX CONCURRENTLY %I.%I', n.nspname, c.relname) AS drop_it,
       (SELECT p.pid FROM pg_stat_progress_create_index AS p WHERE p.index_relid = i.indexrelid LIMIT 1) AS builder
FROM pg_index AS i
JOIN pg_class AS c ON c.oid = i.indexrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE i.indrelid = to_regclass($1) AND c.relname = $2::name

-- What an interrupted REINDEX CONCURRENTLY leaves (manual, REINDEX, "Rebuilding Indexes Concurrently"): invalid indexes
-- called `…_ccnew` or `…_ccold`, of the table or index $1, or anywhere. An index of TOAST goes when its table is rebuilt.
SELECT false AS is_valid,
       format('DROP INDEX CONCURRENTLY %I.%I', n.nspname, c.relname) AS drop_it,
       (SELECT p.pid FROM pg_stat_progress_create_index AS p WHERE p.index_relid = i.indexrelid LIMIT 1) AS builder
FROM pg_index AS i
JOIN pg_class AS c ON c.oid = i.indexrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE NOT i.indisvalid
  AND c.relname ~ '_cc(new|old)[0-9]*$'
  AND n.nspname <> 'pg_toast'
  AND ($1::text IS NULL
       OR i.indrelid = to_regclass($1)
       OR i.indrelid = (SELECT x.indrelid FROM pg_index AS x WHERE x.indexrelid = to_regclass($1)))
ORDER BY n.nspname, c.relname

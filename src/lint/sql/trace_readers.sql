-- The statement that locks, as a reader does, the tables that a statement speaks of, by their own name or by that of an index; no row
-- for none. $1 is the statement; 13 and later.
SELECT format('LOCK TABLE %s IN ACCESS SHARE MODE', string_agg(c.oid::pg_catalog.regclass::text, ', ' ORDER BY c.oid)) AS lock
FROM pg_catalog.pg_class AS c
WHERE c.relkind IN ('r', 'p')
    AND c.relpersistence <> 't'
    AND c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
    AND (
        strpos(lower($1), lower(c.relname)) > 0
        OR EXISTS (
            SELECT
            FROM pg_catalog.pg_index AS x
            JOIN pg_catalog.pg_class AS i ON i.oid = x.indexrelid
            WHERE x.indrelid = c.oid AND strpos(lower($1), lower(i.relname)) > 0
        )
    )
HAVING count(*) > 0

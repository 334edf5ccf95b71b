-- The statement that locks the tables that a statement speaks of, by their own name or by that of an index; no row for none. $1 is
-- the statement, $2 the mode; 13 and later.
SELECT format('LOCK TABLE %s IN %s MODE', string_agg(c.oid::pg_catalog.regclass::text, ', ' ORDER BY c.oid), $2::text) AS lock
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

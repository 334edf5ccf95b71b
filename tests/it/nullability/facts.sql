-- The rest of what the nullability proofs want of the catalog, as the tests read it: columns that hold no NULL.
SELECT a.attrelid::oid AS relation, a.attnum AS number
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p', 'f') AND c.oid >= 16384
JOIN pg_type t ON t.oid = a.atttypid
WHERE a.attnum > 0 AND NOT a.attisdropped AND (a.attnotnull OR t.typtype = 'd' AND t.typnotnull)
    AND NOT EXISTS (
        WITH RECURSIVE child(oid) AS (
            SELECT inhrelid FROM pg_inherits WHERE inhparent = a.attrelid
            UNION SELECT i.inhrelid FROM pg_inherits i JOIN child ON child.oid = i.inhparent
        )
        SELECT FROM child JOIN pg_attribute b ON b.attrelid = child.oid AND b.attname = a.attname AND NOT b.attnotnull
    )
    AND NOT EXISTS (
        SELECT FROM pg_constraint k
        WHERE k.conrelid = a.attrelid AND k.contype = 'n' AND NOT k.convalidated AND a.attnum = ANY (k.conkey)
    )
ORDER BY 1, 2;

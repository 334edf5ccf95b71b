-- What nullability has to know of functions: column strict, the OIDs of all strict functions; column total, those of
-- functions of well-known extensions that are never null for arguments that are not. One row; both are lists in text,
-- separated by commas, or null. Majors 13 to 18, no parameters. PostgreSQL's own total functions are in the program.
SELECT
    (SELECT string_agg(p.oid::text, ',' ORDER BY p.oid) FROM pg_catalog.pg_proc p WHERE p.proisstrict) AS strict,
    (
        SELECT string_agg(p.oid::text, ',' ORDER BY p.oid)
        FROM pg_catalog.pg_proc p
        JOIN pg_catalog.pg_depend d
            ON d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.objid = p.oid AND d.deptype = 'e'
                AND d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
        JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid
        JOIN pg_catalog.pg_language l ON l.oid = p.prolang AND l.lanname IN ('c', 'internal')
        WHERE NOT p.proretset AND p.prokind = 'f' AND CASE e.extname
            WHEN 'uuid-ossp' THEN p.proname LIKE 'uuid\_%'
            WHEN 'pgcrypto' THEN p.proname IN ('gen_random_uuid', 'gen_random_bytes', 'gen_salt', 'crypt', 'digest', 'hmac')
            WHEN 'citext' THEN p.proname LIKE 'citext%' OR p.proname LIKE 'textic%'
            WHEN 'pg_trgm' THEN p.proname LIKE '%similarity%'
            WHEN 'unaccent' THEN p.proname = 'unaccent'
            ELSE false
        END
    ) AS total;

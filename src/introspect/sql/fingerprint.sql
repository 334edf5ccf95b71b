-- A cheap sign that some catalog row has changed: every change of a row leaves a new xmin or another count.
-- All versions; no parameters. It may also change where nothing of ours did (temporary tables), never the other way round.
SELECT string_agg(n || ':' || coalesce(x, 0), ',' ORDER BY place)
FROM (
    SELECT 1 AS place, count(*) AS n, sum(xmin::text::bigint) AS x FROM pg_catalog.pg_namespace
    UNION ALL SELECT 2, count(*), sum(xmin::text::bigint) FROM pg_catalog.pg_class
    UNION ALL SELECT 3, count(*), sum(xmin::text::bigint) FROM pg_catalog.pg_attribute
    UNION ALL SELECT 4, count(*), sum(xmin::text::bigint) FROM pg_catalog.pg_attrdef
    UNION ALL SELECT 5, count(*), sum(xmin::text::bigint) FROM pg_catalog.pg_constraint
    UNION ALL SELECT 6, count(*), sum(xmin::text::bigint) FROM pg_catalog.pg_index
    UNION ALL SELECT 7, count(*), sum(xmin::text::bigint) FROM pg_catalog.pg_inherits
    UNION ALL SELECT 8, count(*), sum(xmin::text::bigint) FROM pg_catalog.pg_type
    UNION ALL SELECT 9, count(*), sum(xmin::text::bigint) FROM pg_catalog.pg_enum
    UNION ALL SELECT 10, count(*), sum(xmin::text::bigint) FROM pg_catalog.pg_range
    UNION ALL SELECT 11, count(*), sum(xmin::text::bigint) FROM pg_catalog.pg_proc
    UNION ALL SELECT 12, count(*), sum(xmin::text::bigint) FROM pg_catalog.pg_rewrite
    UNION ALL SELECT 13, count(*), sum(xmin::text::bigint) FROM pg_catalog.pg_trigger
    UNION ALL SELECT 14, count(*), sum(xmin::text::bigint) FROM pg_catalog.pg_policy
    UNION ALL SELECT 15, count(*), sum(xmin::text::bigint) FROM pg_catalog.pg_description
    UNION ALL SELECT 16, count(*), sum(xmin::text::bigint) FROM pg_catalog.pg_extension
) AS catalogs

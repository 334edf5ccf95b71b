-- Collations that users made. The locale of an ICU or built-in collation stands in `colllocale` (17), `colliculocale` (15) or `collcollate` (14 and older).
-- PostgreSQL 13 to 18. No parameters.
select
    c.oid,
    c.collnamespace as schema,
    c.collname as name,
    c.collowner as owner,
    c.collprovider::text as provider,
    c.collisdeterministic as deterministic,
    c.collcollate::text as lc_collate,
    c.collctype::text as lc_ctype,
    coalesce(to_jsonb(c) ->> 'colllocale', to_jsonb(c) ->> 'colliculocale') as locale,
    to_jsonb(c) ->> 'collicurules' as rules
from pg_catalog.pg_collation as c
where c.oid >= 16384;

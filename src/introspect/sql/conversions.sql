-- Encoding conversions that users made. PostgreSQL 13 to 18. No parameters.
select
    c.oid,
    c.connamespace as schema,
    c.conname as name,
    c.conowner as owner,
    c.condefault as default,
    pg_encoding_to_char(c.conforencoding) as source,
    pg_encoding_to_char(c.contoencoding) as target,
    c.conproc::oid as function
from pg_catalog.pg_conversion as c
where c.oid >= 16384;

-- Operator classes that users made. PostgreSQL 13 to 18. No parameters.
select
    c.oid,
    c.opcnamespace as schema,
    c.opcname as name,
    am.amname as method,
    c.opcowner as owner,
    c.opcfamily as family,
    c.opcintype as data_type,
    c.opcdefault as default,
    c.opckeytype as storage
from pg_catalog.pg_opclass as c
join pg_catalog.pg_am as am on am.oid = c.opcmethod
where c.oid >= 16384;

-- Installed extensions.
select e.oid, e.extname as name, n.nspname as schema, e.extversion as version, e.extrelocatable as relocatable
from pg_catalog.pg_extension e
join pg_catalog.pg_namespace n on n.oid = e.extnamespace;

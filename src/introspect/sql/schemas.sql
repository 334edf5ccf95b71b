-- Schemas. Sessions' own temporary ones are nobody's schema.
select oid, nspname as name, nspowner as owner
from pg_catalog.pg_namespace
where nspname not like 'pg\_temp\_%' and nspname not like 'pg\_toast%';

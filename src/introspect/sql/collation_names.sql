-- Names of all collations, PostgreSQL's own included: columns, domains and indexes are of them.
select oid, collnamespace as schema, collname as name
from pg_catalog.pg_collation;

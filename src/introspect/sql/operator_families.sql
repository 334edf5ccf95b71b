-- Operator families, PostgreSQL's own too: others name them. PostgreSQL 13 to 18. No parameters.
select f.oid, f.opfnamespace as schema, f.opfname as name, am.amname as method, f.opfowner as owner
from pg_catalog.pg_opfamily as f
join pg_catalog.pg_am as am on am.oid = f.opfmethod;

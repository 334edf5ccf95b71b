-- Access methods that users made. PostgreSQL 13 to 18. No parameters.
select a.oid, a.amname as name, a.amtype = 't' as for_tables, a.amhandler::oid as handler
from pg_catalog.pg_am as a
where a.oid >= 16384;

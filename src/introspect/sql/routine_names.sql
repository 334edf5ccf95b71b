-- Signatures of PostgreSQL's own routines: types, operators, triggers and the like call them.
select p.oid, p.pronamespace as schema, p.proname as name, p.proargtypes as arguments
from pg_catalog.pg_proc p
where p.oid < 16384;

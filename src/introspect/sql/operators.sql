-- Operators that users made. 0 stands for none; one that is announced but not defined has no
-- function. PostgreSQL 13 to 18. No parameters.
select
    o.oid,
    o.oprnamespace as schema,
    o.oprname as name,
    o.oprowner as owner,
    o.oprleft as left,
    o.oprright as right,
    o.oprcode::oid as function,
    commutator.oprnamespace as commutator_schema,
    commutator.oprname as commutator,
    negator.oprnamespace as negator_schema,
    negator.oprname as negator,
    o.oprrest::oid as restrict,
    o.oprjoin::oid as join,
    o.oprcanhash as hashes,
    o.oprcanmerge as merges
from pg_catalog.pg_operator as o
left join pg_catalog.pg_operator as commutator on commutator.oid = o.oprcom
left join pg_catalog.pg_operator as negator on negator.oid = o.oprnegate
where o.oid >= 16384;

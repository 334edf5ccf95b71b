-- Casts that users made; that of a range to its multirange made itself. PostgreSQL 13 to 18. No parameters.
select
    c.oid,
    c.castsource as source,
    c.casttarget as target,
    c.castfunc as function,
    c.castmethod::text as method,
    c.castcontext::text as context
from pg_catalog.pg_cast as c
where c.oid >= 16384 and not exists (
    select from pg_catalog.pg_depend as d
    where d.classid = 'pg_catalog.pg_cast'::regclass and d.objid = c.oid and d.deptype = 'i'
);

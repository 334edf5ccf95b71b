-- Casts that users made. PostgreSQL 13 to 18. No parameters.
select
    c.oid,
    c.castsource as source,
    c.casttarget as target,
    c.castfunc as function,
    c.castmethod::text as method,
    c.castcontext::text as context
from pg_catalog.pg_cast as c
where c.oid >= 16384;

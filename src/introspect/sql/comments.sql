-- Comments on what users made, and on the schema `public`, which has one of its own (16384 is `FirstNormalObjectId`).
-- Where that one is gone, an empty text says so. PostgreSQL 13 to 18. No parameters.
select d.classoid, d.objoid, d.objsubid, d.description
from pg_catalog.pg_description as d
where d.objoid >= 16384
   or d.classoid = 'pg_catalog.pg_namespace'::regclass and d.objoid = 2200
union all
select 'pg_catalog.pg_namespace'::regclass, n.oid, 0, ''
from pg_catalog.pg_namespace as n
where n.nspname = 'public' and obj_description(n.oid, 'pg_namespace') is null
union all
select d.classoid, d.objoid, 0, d.description
from pg_catalog.pg_shdescription as d
where d.classoid = 'pg_catalog.pg_authid'::regclass;

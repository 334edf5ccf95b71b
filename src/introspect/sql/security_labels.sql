-- Security labels. PostgreSQL 13 to 18. No parameters.
select l.classoid as class, l.objoid as oid, l.objsubid as column, l.provider, l.label
from pg_catalog.pg_seclabel as l
union all
select l.classoid, l.objoid, 0, l.provider, l.label
from pg_catalog.pg_shseclabel as l
where l.classoid = 'pg_catalog.pg_authid'::regclass;

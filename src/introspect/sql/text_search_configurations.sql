-- Text search configurations that users made. PostgreSQL 13 to 18. No parameters.
select
    c.oid,
    c.cfgnamespace as schema,
    c.cfgname as name,
    c.cfgowner as owner,
    c.cfgparser as parser
from pg_catalog.pg_ts_config as c
where c.oid >= 16384;

-- Text search templates; PostgreSQL's own for their names. PostgreSQL 13 to 18. No parameters.
select
    t.oid,
    t.tmplnamespace as schema,
    t.tmplname as name,
    t.tmplinit::oid as init,
    t.tmpllexize::oid as lexize
from pg_catalog.pg_ts_template as t;

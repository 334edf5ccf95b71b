-- Text search dictionaries; PostgreSQL's own for their names. PostgreSQL 13 to 18. No parameters.
select
    d.oid,
    d.dictnamespace as schema,
    d.dictname as name,
    d.dictowner as owner,
    d.dicttemplate as template,
    d.dictinitoption as options
from pg_catalog.pg_ts_dict as d;

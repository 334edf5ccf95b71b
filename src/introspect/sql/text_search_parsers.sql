-- Text search parsers; PostgreSQL's own for their names. PostgreSQL 13 to 18. No parameters.
select
    p.oid,
    p.prsnamespace as schema,
    p.prsname as name,
    p.prsstart::oid as start,
    p.prstoken::oid as token,
    p.prsend::oid as end,
    p.prslextype::oid as lextypes,
    p.prsheadline::oid as headline
from pg_catalog.pg_ts_parser as p;

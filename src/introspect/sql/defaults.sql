-- Defaults and generation expressions.
select d.oid, d.adrelid, d.adnum, pg_catalog.pg_get_expr(d.adbin, d.adrelid)
from pg_catalog.pg_attrdef d;

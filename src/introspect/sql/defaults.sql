-- Defaults and generation expressions. Only the latter name columns, and only with columns to name does PostgreSQL look
-- the table's up, for which it takes twice as long.
select
  d.oid,
  d.adrelid,
  d.adnum,
  pg_catalog.pg_get_expr(d.adbin, case when d.adrelid in (
    select a.attrelid from pg_catalog.pg_attribute a where a.attgenerated <> ''
  ) then d.adrelid else 0::oid end)
from pg_catalog.pg_attrdef d;

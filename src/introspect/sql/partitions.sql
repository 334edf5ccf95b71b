-- Keys of partitioned tables, bounds of partitions.
select
  c.oid,
  case when c.relkind = 'p' then pg_catalog.pg_get_partkeydef(c.oid) end as key,
  pg_catalog.pg_get_expr(c.relpartbound, c.oid) as bound
from pg_catalog.pg_class c
where c.relkind in ('r', 'p', 'f') and (c.relkind = 'p' or c.relispartition);

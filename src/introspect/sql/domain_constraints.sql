-- Constraints of domains.
select
  c.oid,
  c.contypid as domain,
  c.conname as name,
  c.convalidated as validated,
  pg_catalog.pg_get_expr(c.conbin, 0) as expression
from pg_catalog.pg_constraint c
where c.contypid >= 16384 and c.contype in ('c', 'n');

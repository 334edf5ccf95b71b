-- The statement that makes a table whose columns are the expressions of extended statistics. PostgreSQL 14 to 18. $1
-- schema of the statistics, $2 their name.
select format(
  'create temporary table pgkeel_expressions as select %s from %s with no data',
  string_agg(format('(%s) as e%s', x.expression, x.number), ', ' order by x.number),
  e.stxrelid::pg_catalog.regclass
)
from pg_catalog.pg_statistic_ext as e
join pg_catalog.pg_namespace as n on n.oid = e.stxnamespace
cross join lateral unnest(pg_catalog.pg_get_statisticsobjdef_expressions(e.oid)) with ordinality as x(expression, number)
where n.nspname = $1 and e.stxname = $2
group by e.stxrelid

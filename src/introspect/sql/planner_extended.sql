-- What ANALYZE has found in columns together (`pg_statistic_ext_data`), as far as the role may see it: the lists of common
-- values alone take a superuser. PostgreSQL 13 to 18. No parameters.
select
  n.nspname::text as schema,
  e.stxname::text as name,
  e.stxkeys::text as columns,
  /*since 15*/ s.inherited /*else false*/ as inherited,
  encode(s.n_distinct::bytea, 'hex') as distinct_values,
  encode(s.dependencies::bytea, 'hex') as dependencies,
  null::text as common_values
from pg_catalog.pg_statistic_ext as e
join pg_catalog.pg_namespace as n on n.oid = e.stxnamespace
join pg_catalog.pg_stats_ext as s on s.statistics_schemaname = n.nspname and s.statistics_name = e.stxname
order by 1, 2, 4;

-- What ANALYZE has found in columns together (`pg_statistic_ext_data`), as far as the role may see it: owners of the table
-- see it but for the lists of common values, which take a superuser. PostgreSQL 13 to 18. No parameters.
select
  n.nspname::text as schema,
  e.stxname::text as name,
  e.stxkeys::text as columns,
  /*since 15*/ coalesce(s.inherited, false) /*else false*/ as inherited,
  encode(s.n_distinct::bytea, 'hex') as distinct_values,
  encode(s.dependencies::bytea, 'hex') as dependencies,
  null::text as common_values,
  case
    when s.statistics_name is null then 'it has not been analysed, or the role does not own its table'
    when s.most_common_vals is not null then 'superusers alone see lists of common values'
  end as missing
from pg_catalog.pg_statistic_ext as e
join pg_catalog.pg_namespace as n on n.oid = e.stxnamespace
left join pg_catalog.pg_stats_ext as s on s.statistics_schemaname = n.nspname and s.statistics_name = e.stxname
order by 1, 2, 4;

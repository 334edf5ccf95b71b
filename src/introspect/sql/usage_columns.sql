-- How the values of columns are spread, but for the values themselves: data stays where it is. Of a table with children
-- its own rows; a partitioned one has none, and those of its partitions are its own. PostgreSQL 13 to 18. No parameters.
select
  schemaname::text as schema,
  tablename::text as name,
  attname::text as column,
  null_frac::float8 as nulls,
  avg_width as width,
  n_distinct::float8 as distinct,
  correlation::float8 as correlation,
  coalesce(pg_catalog.array_length(most_common_freqs, 1), 0) as common,
  most_common_freqs[pg_catalog.array_length(most_common_freqs, 1)]::float8 as rarest
from pg_catalog.pg_stats
where schemaname not in ('pg_catalog', 'information_schema')
  and (not inherited or (schemaname, tablename) in (
    select n.nspname, c.relname
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'p'
  ));

-- What ANALYZE has found in the expressions of extended statistics (`pg_stats_ext_exprs`), as far as the role may see it:
-- the name of the statistics stands for the relation, and the number of the expression for the column. PostgreSQL 14 to
-- 18. No parameters.
select
  n.nspname::text as schema,
  e.stxname::text as relation,
  x.number::text as column,
  /*since 15*/ s.inherited /*else false*/ as inherited,
  s.null_frac,
  s.avg_width,
  s.n_distinct,
  s.most_common_vals::text as common_values,
  s.most_common_freqs::text as common_frequencies,
  s.histogram_bounds::text as histogram,
  s.correlation,
  s.most_common_elems::text as common_elements,
  s.most_common_elem_freqs::text as element_frequencies,
  s.elem_count_histogram::text as element_counts,
  null::text as range_lengths,
  null::float4 as range_empty,
  null::text as range_bounds
from pg_catalog.pg_statistic_ext as e
join pg_catalog.pg_namespace as n on n.oid = e.stxnamespace
cross join lateral unnest(pg_catalog.pg_get_statisticsobjdef_expressions(e.oid)) with ordinality as x(expression, number)
join pg_catalog.pg_stats_ext_exprs as s
  on s.statistics_schemaname = n.nspname and s.statistics_name = e.stxname and s.expr = x.expression
where s.null_frac is not null
order by 1, 2, x.number, 4;

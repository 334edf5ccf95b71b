-- What ANALYZE has found in columns and in the expressions of indexes (`pg_stats`), as far as the role may see it.
-- PostgreSQL 13 to 18. No parameters.
select
  s.schemaname::text as schema,
  s.tablename::text as relation,
  s.attname::text as column,
  s.inherited,
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
  -- Older servers show it to superusers alone (planner_ranges.sql).
  /*since 17*/ s.range_length_histogram::text /*else null::text*/ as range_lengths,
  /*since 17*/ s.range_empty_frac /*else null::float4*/ as range_empty,
  /*since 17*/ s.range_bounds_histogram::text /*else null::text*/ as range_bounds
from pg_catalog.pg_stats as s
where s.schemaname not in ('pg_catalog', 'information_schema')
order by 1, 2, 3, 4;

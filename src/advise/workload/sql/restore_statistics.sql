-- Restores what ANALYZE found in one column, and tells whether all of it was taken (manual, "Database Object Statistics
-- Manipulation Functions"). PostgreSQL 18, owners. The parameters are those of put_statistics.sql.
select pg_catalog.pg_restore_attribute_stats(
  'schemaname', n.nspname::text,
  'relname', c.relname::text,
  'attnum', $2::int2,
  'inherited', $3::bool,
  'null_frac', $4::float4,
  'avg_width', $5::int4,
  'n_distinct', $6::float4,
  'most_common_vals', $7::text,
  'most_common_freqs', $8::text::float4[],
  'histogram_bounds', $9::text,
  'correlation', $10::float4,
  'most_common_elems', $11::text,
  'most_common_elem_freqs', $12::text::float4[],
  'elem_count_histogram', $13::text::float4[],
  'range_length_histogram', $14::text,
  'range_empty_frac', $15::float4,
  'range_bounds_histogram', $16::text
)
from pg_catalog.pg_class as c
join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
where c.oid = $1

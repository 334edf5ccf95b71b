-- The lists and numbers that are known of a column, as `pg_stats` calls them. PostgreSQL 18. $1 relation (oid), $2
-- attribute's number, $3 inherited.
select k.kind
from pg_catalog.pg_class as c
join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
join pg_catalog.pg_attribute as a on a.attrelid = c.oid
join pg_catalog.pg_stats as s on s.schemaname = n.nspname and s.tablename = c.relname and s.attname = a.attname
cross join lateral (values
  ('most_common_vals', s.most_common_vals is not null),
  ('histogram_bounds', s.histogram_bounds is not null),
  ('correlation', s.correlation is not null),
  ('most_common_elems', s.most_common_elems is not null),
  ('elem_count_histogram', s.elem_count_histogram is not null),
  ('range_length_histogram', s.range_length_histogram is not null),
  ('range_bounds_histogram', s.range_bounds_histogram is not null)
) as k(kind, is_known)
where c.oid = $1 and a.attnum = $2 and s.inherited = $3 and k.is_known

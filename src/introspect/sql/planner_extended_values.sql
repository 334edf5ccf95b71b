-- What ANALYZE has found in columns together (`pg_statistic_ext_data`), for superusers. Lists of common values have the
-- object ids of their types, which are the same everywhere for built-in ones alone. PostgreSQL 13 to 18. No parameters.
select
  n.nspname::text as schema,
  e.stxname::text as name,
  e.stxkeys::text as columns,
  /*since 15*/ d.stxdinherit /*else false*/ as inherited,
  encode(d.stxdndistinct::bytea, 'hex') as distinct_values,
  encode(d.stxddependencies::bytea, 'hex') as dependencies,
  case when not v.has_others then encode(d.stxdmcv::bytea, 'hex') end as common_values,
  case when v.has_others and d.stxdmcv is not null
    then 'lists of common values of expressions, and of types that are not built in, go by object ids' end as missing
from pg_catalog.pg_statistic_ext as e
join pg_catalog.pg_namespace as n on n.oid = e.stxnamespace
join pg_catalog.pg_statistic_ext_data as d on d.stxoid = e.oid
cross join lateral (select exists (
  select from pg_catalog.pg_attribute as a
  where a.attrelid = e.stxrelid and a.attnum = any (e.stxkeys) and a.atttypid >= 16384
) /*since 14*/ or e.stxexprs is not null /*else*/) as v(has_others)
order by 1, 2, 4;

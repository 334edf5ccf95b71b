-- Indexes, those of constraints included. For types only unique ones matter.
select
  c.oid,
  c.relnamespace as schema,
  c.relname as name,
  i.indrelid as relation,
  m.amname as method,
  c.relam as method_oid,
  i.indisunique as "unique",
  /*since 15*/ i.indnullsnotdistinct /*else false*/ as nulls_not_distinct,
  i.indisvalid as valid,
  i.indisclustered as clustered,
  i.indnkeyatts as key_count,
  i.indkey as columns,
  i.indclass as opclasses,
  i.indcollation as collations,
  i.indoption as orders,
  case when i.indexprs is not null then array(
    select pg_catalog.pg_get_indexdef(i.indexrelid, n, false)
    from pg_catalog.generate_series(1, i.indnkeyatts) as n
    where i.indkey[n - 1] = 0
    order by n
  ) end as expressions,
  pg_catalog.pg_get_expr(i.indpred, i.indrelid) as predicate,
  s.spcname as tablespace,
  c.reloptions as options
from pg_catalog.pg_index i
join pg_catalog.pg_class c on c.oid = i.indexrelid
join pg_catalog.pg_am m on m.oid = c.relam
left join pg_catalog.pg_tablespace s on s.oid = c.reltablespace
where i.indexrelid >= 16384 and /*whole*/ true /*else i.indisunique*/ and c.relkind in ('i', 'I') and c.relpersistence <> 't';

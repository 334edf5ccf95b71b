-- Extended statistics.
select
  s.oid,
  s.stxnamespace as schema,
  s.stxname as name,
  s.stxowner as owner,
  s.stxrelid as relation,
  s.stxkind::text[] as kinds,
  s.stxkeys as columns,
  /*since 14*/ pg_catalog.pg_get_statisticsobjdef_expressions(s.oid) /*else null::text[]*/ as expressions,
  nullif(s.stxstattarget, -1)::int4 as target
from pg_catalog.pg_statistic_ext s;

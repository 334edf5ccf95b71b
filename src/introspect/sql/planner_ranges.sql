-- What ANALYZE has found in ranges, which `pg_stats` shows from 17 on only (`pg_statistic.h`: kind 6 has their lengths and
-- the part that is empty, 7 their bounds). PostgreSQL 13 to 16, superusers. No parameters.
select
  n.nspname::text as schema,
  c.relname::text as relation,
  a.attname::text as column,
  s.stainherit as inherited,
  case 6
    when s.stakind1 then s.stavalues1 when s.stakind2 then s.stavalues2 when s.stakind3 then s.stavalues3
    when s.stakind4 then s.stavalues4 when s.stakind5 then s.stavalues5
  end::text as range_lengths,
  case 6
    when s.stakind1 then s.stanumbers1[1] when s.stakind2 then s.stanumbers2[1] when s.stakind3 then s.stanumbers3[1]
    when s.stakind4 then s.stanumbers4[1] when s.stakind5 then s.stanumbers5[1]
  end as range_empty,
  case 7
    when s.stakind1 then s.stavalues1 when s.stakind2 then s.stavalues2 when s.stakind3 then s.stavalues3
    when s.stakind4 then s.stavalues4 when s.stakind5 then s.stavalues5
  end::text as range_bounds
from pg_catalog.pg_statistic as s
join pg_catalog.pg_class as c on c.oid = s.starelid
join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
join pg_catalog.pg_attribute as a on a.attrelid = c.oid and a.attnum = s.staattnum
where n.nspname not in ('pg_catalog', 'information_schema')
  and 6 in (s.stakind1, s.stakind2, s.stakind3, s.stakind4, s.stakind5);

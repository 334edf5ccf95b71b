-- Writes one column's row of `pg_statistic`, as ANALYZE would have; from 18 on restore_statistics.sql does. PostgreSQL 13
-- to 17, superusers, with allow_system_table_mods. $1 relation (oid), $2 attribute's number, $3 inherited, $4 null
-- fraction, $5 width, $6 distinct values, $7 common values, $8 their frequencies, $9 histogram, $10 correlation, $11 common
-- elements, $12 their frequencies, $13 counts of elements, $14 lengths of ranges, $15 the part that is empty, $16 their
-- bounds. The kinds (`pg_statistic.h`): 1 to 5 for values and elements; 6 lengths and 7 bounds, and no others, for ranges.
with recursive base as (
  select t.oid, t.typtype, t.typbasetype, t.typelem, t.typcategory, t.typname
  from pg_catalog.pg_attribute as a
  join pg_catalog.pg_type as t on t.oid = a.atttypid
  where a.attrelid = $1 and a.attnum = $2
  union all
  select t.oid, t.typtype, t.typbasetype, t.typelem, t.typcategory, t.typname
  from base
  join pg_catalog.pg_type as t on t.oid = base.typbasetype
  where base.typtype = 'd'
),
stored as (
  select oid, typtype, typcategory,
    case when typcategory = 'A' then typelem when typname = 'tsvector' then 'pg_catalog.text'::pg_catalog.regtype end
      as element
  from base where typtype <> 'd'
),
types as (
  select stored.oid as type, 0 as of_element, stored.typcategory, stored.typtype from stored
  union all
  select t.oid, 1, t.typcategory, t.typtype
  from stored join pg_catalog.pg_type as t on t.oid = stored.element
),
operators as (
  select types.type, types.of_element, ao.amopstrategy, ao.amopopr
  from types
  join pg_catalog.pg_opclass as oc on oc.opcdefault and (
    oc.opcintype = types.type
    or (types.typcategory = 'A' and oc.opcintype = 'pg_catalog.anyarray'::pg_catalog.regtype)
    or (types.typtype = 'e' and oc.opcintype = 'pg_catalog.anyenum'::pg_catalog.regtype)
    or (types.typtype = 'r' and oc.opcintype = 'pg_catalog.anyrange'::pg_catalog.regtype)
    or exists (
      select from pg_catalog.pg_cast as c
      where c.castsource = types.type and c.casttarget = oc.opcintype and c.castmethod = 'b' and c.castcontext = 'i'
    )
  )
  join pg_catalog.pg_am as am on am.oid = oc.opcmethod and am.amname = 'btree'
  join pg_catalog.pg_amop as ao on ao.amopfamily = oc.opcfamily
    and ao.amoplefttype = oc.opcintype and ao.amoprighttype = oc.opcintype and ao.amopstrategy in (1, 3)
),
chosen as (
  select
    coalesce((select amopopr from operators where of_element = 0 and amopstrategy = 3 order by 1 limit 1), 0) as eq,
    coalesce((select amopopr from operators where of_element = 0 and amopstrategy = 1 order by 1 limit 1), 0) as lt,
    coalesce((select amopopr from operators where of_element = 1 and amopstrategy = 3 order by 1 limit 1), 0) as element_eq,
    (select oid from stored) as type,
    (select element from stored) as element,
    -- Bounds of multiranges are those of their ranges; 13 has no multiranges, nor the column that tells.
    coalesce(
      (select r.rngtypid from pg_catalog.pg_range as r, stored where (to_jsonb(r) ->> 'rngmultitypid')::oid = stored.oid),
      (select oid from stored)
    ) as range
)
insert into pg_catalog.pg_statistic (
  starelid, staattnum, stainherit, stanullfrac, stawidth, stadistinct,
  stakind1, stakind2, stakind3, stakind4, stakind5,
  staop1, staop2, staop3, staop4, staop5,
  stacoll1, stacoll2, stacoll3, stacoll4, stacoll5,
  stanumbers1, stanumbers2, stanumbers3, stanumbers4, stanumbers5,
  stavalues1, stavalues2, stavalues3, stavalues4, stavalues5
)
select
  a.attrelid, a.attnum, $3, $4, $5, $6,
  case when $7::text is not null then 1 when $14::text is not null then 6 else 0 end,
  case when $9::text is not null then 2 when $16::text is not null then 7 else 0 end,
  case when $10::float4 is null then 0 else 3 end,
  case when $11::text is null then 0 else 4 end,
  case when $13::text is null then 0 else 5 end,
  case
    when $7::text is not null then eq
    when $14::text is not null then 'pg_catalog.<(float8, float8)'::pg_catalog.regoperator::oid
    else 0
  end,
  case when $9::text is null then 0 else lt end,
  case when $10::float4 is null then 0 else lt end,
  case when $11::text is null then 0 else element_eq end,
  case when $13::text is null then 0 else element_eq end,
  case when $7::text is null then 0 else a.attcollation end,
  case when $9::text is null then 0 else a.attcollation end,
  case when $10::float4 is null then 0 else a.attcollation end,
  case when $11::text is null then 0 else a.attcollation end,
  case when $13::text is null then 0 else a.attcollation end,
  coalesce($8::text::float4[], case when $14::text is not null then array[$15::float4] end),
  null,
  case when $10::float4 is not null then array[$10::float4] end,
  $12::text::float4[], $13::text::float4[],
  case
    when $7::text is not null then array_in(textout($7::text), chosen.type, -1)
    else array_in(textout($14::text), 'pg_catalog.float8'::pg_catalog.regtype, -1)
  end,
  case
    when $9::text is not null then array_in(textout($9::text), chosen.type, -1)
    else array_in(textout($16::text), chosen.range, -1)
  end,
  null,
  array_in(textout($11::text), chosen.element, -1),
  null
from pg_catalog.pg_attribute as a, chosen
where a.attrelid = $1 and a.attnum = $2
returning true

-- Every type that something may be of, asked for once, whatever uses it how often. Rows of relations, and arrays of them,
-- are there only where something is of them. Modifiers stand here for domains alone: columns bring the texts of theirs,
-- because to look for the distinct ones takes longer than to write them.
with used (oid, modifier) as (
  select a.atttypid, -1
  from pg_catalog.pg_attribute a
  where a.atttypid >= 16384 and a.attnum > 0 and not a.attisdropped
  union
  select t.typbasetype, t.typtypmod
  from pg_catalog.pg_type t
  where t.typbasetype <> 0
  union
  select t.oid, -1
  from pg_catalog.pg_type t
  left join pg_catalog.pg_type e on e.typarray = t.oid
  where coalesce(nullif(t.typrelid, 0), e.typrelid, 0) = 0
    or coalesce(nullif(t.typrelid, 0), e.typrelid) in (select c.oid from pg_catalog.pg_class c where c.relkind = 'c')
  union
  select u.oid, -1
  from pg_catalog.pg_proc p
  cross join pg_catalog.unnest(p.proargtypes::oid[] || p.proallargtypes || p.prorettype || p.protrftypes) as u (oid)
  where p.oid >= 16384
  union
  select u.oid, -1
  from pg_catalog.pg_cast c
  cross join pg_catalog.unnest(array[c.castsource, c.casttarget]) as u (oid)
  where c.oid >= 16384
  union
  select u.oid, -1
  from pg_catalog.pg_operator o
  cross join pg_catalog.unnest(array[o.oprleft, o.oprright]) as u (oid)
  where o.oid >= 16384
  union
  select u.oid, -1
  from pg_catalog.pg_opclass o
  cross join pg_catalog.unnest(array[o.opcintype, o.opckeytype]) as u (oid)
  where o.oid >= 16384
  union
  select u.oid, -1
  from pg_catalog.pg_amproc p
  cross join pg_catalog.unnest(array[p.amproclefttype, p.amprocrighttype]) as u (oid)
  where p.oid >= 16384
  union
  select t.trftype, -1
  from pg_catalog.pg_transform t
)
select
  t.oid,
  used.modifier,
  pg_catalog.format_type(t.oid, used.modifier) as sql,
  coalesce(e.typnamespace, t.typnamespace) as schema,
  coalesce(e.typname, t.typname) as name,
  e.oid is not null as is_array,
  coalesce(e.typrelid, t.typrelid) as relation,
  t.typcollation as collation,
  t.typstorage::text as storage,
  case when t.typtype = 'd' then t.typbasetype else 0 end as base
from used
join pg_catalog.pg_type t on t.oid = used.oid
left join pg_catalog.pg_type e on e.oid = t.typelem and e.typarray = t.oid;

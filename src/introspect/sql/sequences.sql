-- Sequences with the columns that they belong to.
select
  c.oid,
  c.relnamespace as schema,
  c.relname as name,
  c.relowner as owner,
  c.relpersistence = 'u' as unlogged,
  s.seqtypid as data_type,
  s.seqstart as start,
  s.seqincrement as increment,
  s.seqmin as min,
  s.seqmax as max,
  s.seqcache as cache,
  s.seqcycle as cycle,
  d.refobjid as relation,
  d.refobjsubid as number,
  d.deptype = 'i' as identity
from pg_catalog.pg_sequence s
join pg_catalog.pg_class c on c.oid = s.seqrelid
left join pg_catalog.pg_depend d
  on d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.objsubid = 0
  and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjsubid > 0 and d.deptype in ('a', 'i')
where c.relpersistence <> 't';

-- Queries of views, and what can be done to their rows: bits 4 for UPDATE, 8 for INSERT, 16 for DELETE. A column can be
-- updated only where rows can be updated and deleted. Hooked views have INSTEAD OF triggers or INSTEAD rules.
-- Nothing is asked of views that lead to foreign tables whose wrapper has no handler: PostgreSQL refuses to look at these.
with recursive unreadable (oid) as (
  select f.ftrelid
  from pg_catalog.pg_foreign_table f
  join pg_catalog.pg_foreign_server s on s.oid = f.ftserver
  join pg_catalog.pg_foreign_data_wrapper w on w.oid = s.srvfdw
  where w.fdwhandler = 0
  union
  select r.ev_class
  from unreadable u
  join pg_catalog.pg_depend d on d.refclassid = 1259 and d.refobjid = u.oid and d.classid = 2618
  join pg_catalog.pg_rewrite r on r.oid = d.objid
)
select
  v.oid,
  v.definition,
  v.events,
  case when v.events & 20 = 20 then array(
    select a.attnum
    from pg_catalog.pg_attribute a
    where a.attrelid = v.oid and a.attnum > 0 and pg_catalog.pg_column_is_updatable(v.oid, a.attnum, true)
  ) else '{}' end as updatable,
  exists (select from pg_catalog.pg_trigger t where t.tgrelid = v.oid and t.tgtype & 64 <> 0)
    or exists (select from pg_catalog.pg_rewrite r where r.ev_class = v.oid and r.ev_type <> '1' and r.is_instead)
    as hooked
from (
  select
    c.oid,
    pg_catalog.pg_get_viewdef(c.oid) as definition,
    case when c.relkind = 'v' and c.oid not in (select u.oid from unreadable u)
      then pg_catalog.pg_relation_is_updatable(c.oid, true) else 0 end as events
  from pg_catalog.pg_class c
  where c.oid >= 16384 and c.relkind in ('v', 'm') and c.relpersistence <> 't'
  offset 0
) v;

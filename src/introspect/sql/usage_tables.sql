-- What is stored in tables and done with them. The functions are those of pg_stat_all_tables, which joins and groups
-- more than is asked for here. PostgreSQL 13 to 18 (reltuples is -1 for never from 14 on). No parameters.
select
  n.nspname::text as schema,
  c.relname::text as name,
  c.reltuples::float8 as rows,
  c.relpages::int8 as pages,
  pg_catalog.pg_stat_get_tuples_returned(c.oid) as rows_scanned,
  pg_catalog.pg_stat_get_tuples_inserted(c.oid) as inserted,
  pg_catalog.pg_stat_get_tuples_updated(c.oid) + pg_catalog.pg_stat_get_tuples_deleted(c.oid) as changes,
  pg_catalog.pg_stat_get_dead_tuples(c.oid) as dead_rows,
  pg_catalog.pg_stat_get_live_tuples(c.oid) as live_rows,
  extract(epoch from pg_catalog.now() - greatest(
    pg_catalog.pg_stat_get_last_vacuum_time(c.oid),
    pg_catalog.pg_stat_get_last_autovacuum_time(c.oid)
  ))::int8 as vacuumed,
  -- A table of another access method than heap may have none, which is no age.
  coalesce(greatest(
    case when c.relfrozenxid <> 0 then pg_catalog.age(c.relfrozenxid) end,
    case when t.relfrozenxid <> 0 then pg_catalog.age(t.relfrozenxid) end
  ), 0)::int8 as age,
  coalesce(greatest(
    case when c.relminmxid <> 0 then pg_catalog.mxid_age(c.relminmxid) end,
    case when t.relminmxid <> 0 then pg_catalog.mxid_age(t.relminmxid) end
  ), 0)::int8 as multi_age,
  pg_catalog.row_security_active(c.oid) or not pg_catalog.has_table_privilege(c.oid, 'select') as hidden
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join pg_catalog.pg_class t on t.oid = c.reltoastrelid
where c.oid >= 16384 and c.relkind in ('r', 'm') and c.relpersistence <> 't';

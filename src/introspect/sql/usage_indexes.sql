-- How large indexes are and how often they are used. PostgreSQL 13 to 18. No parameters.
select
  n.nspname::text as schema,
  c.relname::text as name,
  c.relpages::int8 as pages,
  pg_catalog.pg_stat_get_numscans(c.oid) as scans,
  pg_catalog.pg_stat_get_tuples_returned(c.oid) as entries_read,
  /*since 16*/ extract(epoch from pg_catalog.now() - pg_catalog.pg_stat_get_lastscan(c.oid))::int8 /*else null::int8*/ as last_scan,
  case when pg_catalog.current_setting('track_commit_timestamp')::bool
    then extract(epoch from pg_catalog.now() - pg_catalog.pg_xact_commit_timestamp(i.xmin))::int8 end as age,
  -- Of a build that the role may not see, only that there is one.
  coalesce(c.oid in (select p.index_relid from pg_catalog.pg_stat_progress_create_index p), false) as building
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_index i on i.indexrelid = c.oid
where c.oid >= 16384 and c.relkind = 'i' and c.relpersistence <> 't'
  and n.nspname not in ('pg_catalog', 'pg_toast', 'information_schema');

-- For how long the counters of this database have run, and what else evidence hangs on. PostgreSQL 13 to 18.
-- No parameters.
select
  pg_catalog.current_setting('track_counts')::bool as counts,
  extract(epoch from pg_catalog.now() - coalesce(d.stats_reset, pg_catalog.pg_postmaster_start_time()))::int8 as counted_for,
  pg_catalog.pg_is_in_recovery() as standby,
  -- What a subscriber decodes has indexes of its own there. A slot is kept for a standby that is away.
  exists (select from pg_catalog.pg_stat_get_wal_senders() w where not exists (
    select from pg_catalog.pg_replication_slots s where s.active_pid = w.pid and s.slot_type = 'logical'
  )) or exists (
    select from pg_catalog.pg_replication_slots s where s.slot_type = 'physical'
  ) as followed,
  pg_catalog.current_setting('block_size')::int8 as block_size,
  pg_catalog.current_setting('autovacuum_freeze_max_age')::int8 as freeze_max_age,
  pg_catalog.current_setting('autovacuum_multixact_freeze_max_age')::int8 as multi_freeze_max_age
from pg_catalog.pg_stat_database d
where d.datname = pg_catalog.current_database();

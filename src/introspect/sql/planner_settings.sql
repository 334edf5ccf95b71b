-- The settings that planning depends on, where they are not as built, and how text is ordered in this database.
-- PostgreSQL 13 to 18. No parameters.
select name::text, setting::text
from pg_catalog.pg_settings
where (category like 'Query Tuning%' or name in ('work_mem', 'hash_mem_multiplier'))
  -- What this session was started with is its own business.
  and name not in ('jit', 'plan_cache_mode')
  and setting is distinct from boot_val
union all
select 'lc_collate', datcollate::text from pg_catalog.pg_database where datname = current_database()
order by 1;

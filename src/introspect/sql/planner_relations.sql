-- What the planner knows of the size of tables, materialised views and indexes (`pg_class`), and how large they are.
-- PostgreSQL 13 to 18. No parameters.
select
  n.nspname::text as schema,
  c.relname::text as name,
  c.relpages as pages,
  c.reltuples as tuples,
  c.relallvisible as all_visible,
  -- The size of what somebody holds locked is waited for; that of what has no storage is null.
  case when c.relkind in ('r', 'm', 'i', 't')
    then pg_relation_size(c.oid) / current_setting('block_size')::bigint end as blocks
from pg_catalog.pg_class as c
join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
where c.relkind in ('r', 'm', 'i', 'p', 'I')
  and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
  and n.nspname not like 'pg\_temp\_%' and n.nspname not like 'pg\_toast\_temp\_%'
order by 1, 2;

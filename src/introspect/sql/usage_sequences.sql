-- How far sequences are, as pg_sequences tells it. PostgreSQL 13 to 18. No parameters.
select
  n.nspname::text as schema,
  c.relname::text as name,
  pg_catalog.has_sequence_privilege(c.oid, 'select, usage') as readable,
  case when pg_catalog.has_sequence_privilege(c.oid, 'select, usage')
    and (c.relpersistence = 'p' or not pg_catalog.pg_is_in_recovery())
    then pg_catalog.pg_sequence_last_value(c.oid) end as value
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.oid >= 16384 and c.relkind = 'S' and c.relpersistence <> 't';

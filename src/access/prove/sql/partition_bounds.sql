-- What a row of a partition has to fulfil to be one, as a condition on its columns.
select n.nspname as schema, c.relname as name, pg_catalog.pg_get_partition_constraintdef(c.oid) as condition
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relispartition and c.relkind in ('r', 'p')

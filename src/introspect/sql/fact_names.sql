-- What a name without a schema could mean besides what PostgreSQL itself has. PostgreSQL 13 to 18. No parameters.
with named (namespace, name) as (
  select relnamespace, relname from pg_catalog.pg_class where relkind not in ('i', 'I', 't')
  union select typnamespace, typname from pg_catalog.pg_type where typelem = 0 and typrelid = 0
  union select pronamespace, proname from pg_catalog.pg_proc
  union select oprnamespace, oprname from pg_catalog.pg_operator
  union select collnamespace, collname from pg_catalog.pg_collation
  union select cfgnamespace, cfgname from pg_catalog.pg_ts_config
  union select dictnamespace, dictname from pg_catalog.pg_ts_dict
)
select n.nspname::text as schema, string_agg(named.name::text, E'\n' order by named.name) as names
from named
join pg_catalog.pg_namespace as n on n.oid = named.namespace
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
group by n.nspname
order by n.nspname;

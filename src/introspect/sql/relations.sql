-- Tables, views, materialised views and foreign tables; composite types too, for their names.
select
  c.oid,
  c.relnamespace as schema,
  c.relname as name,
  c.relkind::text as kind,
  c.reltype as row_type,
  c.relowner as owner,
  c.relpersistence = 'u' as unlogged,
  nullif(m.amname, 'heap') as access_method,
  s.spcname as tablespace,
  c.reloptions as options,
  t.reloptions as toast_options,
  c.relreplident::text as replica_identity,
  case when c.relreplident = 'i' then (
    select i.relname
    from pg_catalog.pg_index x
    join pg_catalog.pg_class i on i.oid = x.indexrelid
    where x.indrelid = c.oid and x.indisreplident
  ) end as replica_index,
  c.relrowsecurity as row_security,
  c.relforcerowsecurity as force_row_security,
  c.reloftype as of_type
from pg_catalog.pg_class c
left join pg_catalog.pg_am m on m.oid = c.relam
left join pg_catalog.pg_tablespace s on s.oid = c.reltablespace
left join pg_catalog.pg_class t on t.oid = c.reltoastrelid and t.reloptions is not null
where c.oid >= 16384 and c.relkind in ('r', 'p', 'v', 'm', 'f', 'c') and c.relpersistence <> 't';

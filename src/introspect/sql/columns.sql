-- Columns and attributes of composite types. By position: there are ten times as many as of anything else.
select
  a.attrelid,
  a.attnum,
  a.attname,
  a.atttypid,
  a.atttypmod,
  a.attnotnull,
  a.attidentity,
  a.attgenerated,
  a.attcollation,
  a.attstorage,
  /*since 14*/ a.attcompression /*else ''*/,
  a.attstattarget,
  a.attinhcount > 0,
  a.attislocal,
  a.attoptions::text[]
from pg_catalog.pg_attribute a
join pg_catalog.pg_class c on c.oid = a.attrelid
where a.attrelid >= 16384 and a.attnum > 0 and not a.attisdropped
  and c.relkind in ('r', 'p', 'v', 'm', 'f', 'c') and c.relpersistence <> 't';

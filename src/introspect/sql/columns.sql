-- Columns and attributes of composite types, and those of indexes that have options. By position: there are ten times as
-- many as of anything else.
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
  a.attoptions::text[],
  case when a.atttypmod >= 0 then pg_catalog.format_type(a.atttypid, a.atttypmod) end
from pg_catalog.pg_attribute a
join pg_catalog.pg_class c on c.oid = a.attrelid
where a.attrelid >= 16384 and a.attnum > 0 and not a.attisdropped
  and (c.relkind in ('r', 'p', 'v', 'm', 'f', 'c') or c.relkind in ('i', 'I') and a.attoptions is not null)
  and c.relpersistence <> 't';

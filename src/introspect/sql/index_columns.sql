-- What the columns of indexes have that is not usual, and the types of those that are expressions.
select a.attrelid as index, a.attnum as number, a.atttypid as data_type, a.attoptions::text[] as options,
  a.attstattarget::int4 as statistics
from pg_catalog.pg_index i
join pg_catalog.pg_attribute a on a.attrelid = i.indexrelid
where i.indexrelid >= 16384
  and (i.indkey[a.attnum - 1] = 0 or a.attoptions is not null or coalesce(a.attstattarget, -1) >= 0);

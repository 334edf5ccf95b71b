-- What the columns of indexes have that is not usual, and the types of those that are expressions. In two parts: one
-- condition over both would join every column of every index.
select a.attrelid as index, a.attnum as number, a.atttypid as data_type, a.attoptions::text[] as options,
  a.attstattarget::int4 as statistics
from pg_catalog.pg_index i
join pg_catalog.pg_attribute a on a.attrelid = i.indexrelid and i.indkey[a.attnum - 1] = 0
where i.indexprs is not null and i.indexrelid >= 16384
union all
select a.attrelid, a.attnum, a.atttypid, a.attoptions::text[], a.attstattarget::int4
from pg_catalog.pg_attribute a
join pg_catalog.pg_index i on i.indexrelid = a.attrelid and i.indkey[a.attnum - 1] <> 0
where a.attoptions is not null and a.attrelid >= 16384;

-- Columns of indexes that are expressions: their types and statistics targets.
select a.attrelid as index, a.attnum as number, a.atttypid as data_type, a.attstattarget::int4 as statistics
from pg_catalog.pg_index i
join pg_catalog.pg_attribute a on a.attrelid = i.indexrelid and i.indkey[a.attnum - 1] = 0
where i.indexprs is not null and i.indexrelid >= 16384;

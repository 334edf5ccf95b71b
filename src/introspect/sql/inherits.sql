-- Parents of tables, partitions and indexes.
select h.inhrelid as child, h.inhparent as parent
from pg_catalog.pg_inherits h
order by h.inhrelid, h.inhseqno;

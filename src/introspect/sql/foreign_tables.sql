-- Servers of foreign tables.
select f.ftrelid as oid, s.srvname as server
from pg_catalog.pg_foreign_table f
join pg_catalog.pg_foreign_server s on s.oid = f.ftserver;

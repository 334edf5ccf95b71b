-- Foreign servers. PostgreSQL 13 to 18. No parameters.
select
    s.oid,
    s.srvname as name,
    s.srvowner as owner,
    w.fdwname as wrapper,
    s.srvtype as server_type,
    s.srvversion as version
from pg_catalog.pg_foreign_server as s
join pg_catalog.pg_foreign_data_wrapper as w on w.oid = s.srvfdw;

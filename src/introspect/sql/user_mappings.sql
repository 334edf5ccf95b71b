-- User mappings, from the view that everybody may read; the role 0 stands for everybody. Their options are NULL both
-- where there are none and where the reader may not know them. PostgreSQL 13 to 18. No parameters.
select
    m.umid as oid,
    m.srvname as server,
    m.umuser as role,
    m.umoptions is null and not (select rolsuper from pg_catalog.pg_roles where rolname = current_user) as is_hidden
from pg_catalog.pg_user_mappings as m;

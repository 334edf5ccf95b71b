-- All roles, from the view that everybody may read and that shows no password. PostgreSQL 13 to 18. No parameters.
select
    r.oid,
    r.rolname as name,
    r.rolsuper as superuser,
    r.rolinherit as inherit,
    r.rolcreaterole as create_role,
    r.rolcreatedb as create_db,
    r.rolcanlogin as login,
    r.rolreplication as replication,
    r.rolbypassrls as bypass_rls,
    nullif(r.rolconnlimit, -1) as connection_limit
from pg_catalog.pg_roles as r;

-- Row-level security policies; the role 0 stands for everybody. PostgreSQL 13 to 18. No parameters.
select
    p.oid,
    p.polrelid as relation,
    p.polname as name,
    p.polpermissive as permissive,
    p.polcmd as command,
    p.polroles::text as roles,
    pg_get_expr(p.polqual, p.polrelid) as using,
    pg_get_expr(p.polwithcheck, p.polrelid) as check
from pg_catalog.pg_policy as p;

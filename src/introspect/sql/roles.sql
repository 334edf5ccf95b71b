-- Roles: whom owners, grants and policies name.
select oid, rolname as name
from pg_catalog.pg_roles;

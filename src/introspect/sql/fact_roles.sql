-- The roles that are bound by privileges, and whether policies are not for them. PostgreSQL 13 to 18. No parameters.
select rolname::text as name, rolbypassrls as bypasses
from pg_catalog.pg_roles
where not rolsuper and rolname !~ '^pg_'
order by rolname;

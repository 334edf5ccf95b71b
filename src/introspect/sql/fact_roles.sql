-- The roles that are bound by privileges, for who could call what everybody may. PostgreSQL 13 to 18. No parameters.
select rolname::text as name
from pg_catalog.pg_roles
where not rolsuper and rolname !~ '^pg_'
order by rolname;

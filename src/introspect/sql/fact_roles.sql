-- The roles that there are, but for PostgreSQL's own. PostgreSQL 13 to 18. No parameters.
select rolname::text as name from pg_catalog.pg_roles where rolname !~ '^pg_' order by rolname;

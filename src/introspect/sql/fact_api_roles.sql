-- The roles that PostgREST may act as: those that its own role is a member of, and whether policies do not bind them.
-- PostgreSQL 13 to 18. No parameters.
select r.rolname::text as name, r.rolbypassrls as is_trusted
from pg_catalog.pg_auth_members as m
join pg_catalog.pg_roles as r on r.oid = m.roleid
join pg_catalog.pg_roles as own on own.oid = m.member
where own.rolname = 'authenticator' and not r.rolsuper and r.rolname !~ '^pg_'
order by r.rolname;

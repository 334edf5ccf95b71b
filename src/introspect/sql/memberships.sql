-- Memberships of roles. Before PostgreSQL 16 a membership has no options of its own: the member's INHERIT decides, and
-- SET ROLE is always allowed; nor is its grantor sure to exist still. PostgreSQL 13 to 18. No parameters.
select
    m.roleid as role,
    m.member,
    m.grantor,
    m.admin_option as admin,
    coalesce((to_jsonb(m) ->> 'inherit_option')::bool, member.rolinherit) as inherit,
    coalesce((to_jsonb(m) ->> 'set_option')::bool, true) as set
from pg_catalog.pg_auth_members as m
join pg_catalog.pg_roles as member on member.oid = m.member;

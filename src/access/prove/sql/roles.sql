-- Whether the session can become the role by SET ROLE, superusers and BYPASSRLS among what it has for it.
select
  r.rolname::text as name,
  pg_catalog.pg_has_role(session_user, r.oid, 'MEMBER') as is_member
from pg_catalog.pg_roles r

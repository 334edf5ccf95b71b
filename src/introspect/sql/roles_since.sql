-- The roles that SQL has made, and those that it made members of them; not whoever ran it. All versions.
-- $1: the roles that were there before.
WITH made AS (
    SELECT oid, rolname
    FROM pg_catalog.pg_roles
    WHERE rolname NOT LIKE 'pg\_%' AND rolname <> ALL ($1::text[])
)
SELECT rolname::text AS name
FROM made
UNION
SELECT member.rolname::text
FROM made
JOIN pg_catalog.pg_auth_members AS m ON m.roleid = made.oid
JOIN pg_catalog.pg_roles AS member ON member.oid = m.member
WHERE member.rolname NOT LIKE 'pg\_%' AND member.rolname <> current_user
ORDER BY name

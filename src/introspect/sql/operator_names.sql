-- Names of all operators, PostgreSQL's own included: exclusion constraints and operator classes use them.
select
  oid,
  oprnamespace as schema,
  oprname as name,
  oprleft as "left",
  oprright as "right"
from pg_catalog.pg_operator;

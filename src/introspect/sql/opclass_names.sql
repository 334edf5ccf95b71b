-- Names of all operator classes, PostgreSQL's own included: indexes and ranges use them.
select
  oid,
  opcnamespace as schema,
  opcname as name,
  opcmethod as method,
  opcintype as data_type,
  opcdefault as is_default,
  opckeytype as key_type
from pg_catalog.pg_opclass;

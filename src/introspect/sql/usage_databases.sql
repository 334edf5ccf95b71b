-- How old what is not frozen is in each database of the server: one that nobody vacuums stops all. PostgreSQL 13 to 18.
-- No parameters.
select
  d.datname::text as name,
  d.datname = pg_catalog.current_database() as current,
  case when d.datfrozenxid <> 0 then pg_catalog.age(d.datfrozenxid) else 0 end::int8 as age,
  case when d.datminmxid <> 0 then pg_catalog.mxid_age(d.datminmxid) else 0 end::int8 as multi_age
from pg_catalog.pg_database d;

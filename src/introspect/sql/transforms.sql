-- Transforms. PostgreSQL 13 to 18. No parameters.
select t.oid, t.trftype as data_type, l.lanname as language, t.trffromsql::oid as from_sql, t.trftosql::oid as to_sql
from pg_catalog.pg_transform as t
join pg_catalog.pg_language as l on l.oid = t.trflang;

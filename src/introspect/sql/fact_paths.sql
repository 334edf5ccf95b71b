-- Where a session's names without a schema are looked for: as the configuration says, unless the database or a role has a
-- setting of its own. The session's own `search_path` is set for reading, so that `reset_val` is what it began with.
-- PostgreSQL 13 to 18. No parameters.
select distinct substr(setting, strpos(setting, '=') + 1) as path
from pg_catalog.pg_db_role_setting as s
cross join lateral unnest(s.setconfig) as setting
left join pg_catalog.pg_database as d on d.oid = s.setdatabase
where (s.setdatabase = 0 or d.datname = current_database()) and split_part(setting, '=', 1) = 'search_path'
union
select reset_val from pg_catalog.pg_settings where name = 'search_path'
order by path;

-- What PostgREST is told to serve: a setting of this database, of its role in it, or of its role anywhere; the closest
-- first. Everybody may read `pg_db_role_setting`. PostgreSQL 13 to 18. No parameters.
select split_part(setting, '=', 1) as name, substr(setting, strpos(setting, '=') + 1) as value
from pg_catalog.pg_db_role_setting as s
cross join lateral unnest(s.setconfig) as setting
left join pg_catalog.pg_database as d on d.oid = s.setdatabase
where (s.setdatabase = 0 or d.datname = current_database()) and split_part(setting, '=', 1) = 'pgrst.db_schemas'
order by s.setdatabase = 0, s.setrole = 0
limit 1;

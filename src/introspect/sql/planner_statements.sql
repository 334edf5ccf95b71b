-- The statements that this database has run (`pg_stat_statements`), the dearest first. PostgreSQL 13 to 18. The schema of
-- the extension is put where the name stands. No parameters.
select
  s.query::text as query,
  r.rolname::text as role,
  s.calls,
  s.total_exec_time as total_ms,
  s.rows,
  -- Null, like the text, where the role may not see what others run.
  coalesce(s.queryid::text, '') as id
from pg_stat_statements as s
left join pg_catalog.pg_roles as r on r.oid = s.userid
where s.dbid = (select oid from pg_catalog.pg_database where datname = current_database())
  and s.query is not null
order by s.total_exec_time desc, s.queryid
limit 5000;

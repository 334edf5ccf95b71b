-- The queues of pgmq, and who may read them. PostgreSQL 13 to 18. No parameters.
select
  c.relname::text as name,
  c.relrowsecurity as row_security,
  coalesce((
    select string_agg(r.rolname, E'\n' order by r.rolname)
    from pg_catalog.pg_roles as r
    where not r.rolsuper and has_any_column_privilege(r.oid, c.oid, 'SELECT')
  ), '') as readers
from pg_catalog.pg_class as c
join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
where n.nspname = 'pgmq' and c.relkind in ('r', 'p') and c.relname like 'q\_%'
order by c.relname;

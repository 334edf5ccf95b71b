-- Routines whose names mean what their caller's `search_path` says: in SQL and PL/pgSQL, without a path of their own and
-- with a body that is read when it runs. PostgreSQL 13 to 18. No parameters.
select n.nspname::text as schema, p.proname::text as name, p.prosrc as body
from pg_catalog.pg_proc as p
join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
join pg_catalog.pg_language as l on l.oid = p.prolang
where l.lanname in ('sql', 'plpgsql')
  and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and (to_jsonb(p) ->> 'prosqlbody') is null
  and not exists (select from unnest(p.proconfig) as setting where setting like 'search\_path=%')
order by n.nspname, p.proname, p.oid;

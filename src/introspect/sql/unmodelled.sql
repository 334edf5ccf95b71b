-- What the server has, would have to be made anew elsewhere, and has no rows of its own in a catalog. The catalogs whose
-- objects depend on something are found by skipping through an index: a newer server may have some that nobody knew.
-- PostgreSQL 13 to 18. No parameters.
with recursive classes (classid) as (
    (select classid from pg_catalog.pg_depend order by classid limit 1)
    union all
    select (select d.classid from pg_catalog.pg_depend as d where d.classid > classes.classid order by d.classid limit 1)
    from classes
    where classid is not null
)
select 'large objects' as kind, count(*)::text as name
from pg_catalog.pg_largeobject_metadata
having count(*) > 0
union all
select 'tablespace', spcname
from pg_catalog.pg_tablespace
where oid in (select reltablespace from pg_catalog.pg_class) and oid >= 16384
union all
select 'setting', coalesce('role ' || r.rolname || ' ', '') || coalesce('database ' || d.datname || ' ', '')
    || split_part(setting, '=', 1)
from pg_catalog.pg_db_role_setting as s
left join pg_catalog.pg_roles as r on r.oid = s.setrole
left join pg_catalog.pg_database as d on d.oid = s.setdatabase
cross join unnest(s.setconfig) as setting
where d.datname = current_database()
/*since 15*/
union all
select 'privileges on parameter', parname
from pg_catalog.pg_parameter_acl
/*else*/
union all
select 'replication origin', roname
from pg_catalog.pg_replication_origin
where roname !~ '^pg_[0-9]+'
union all
select 'relation of kind ' || c.relkind::text, n.nspname || '.' || c.relname
from pg_catalog.pg_class as c
join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
where c.relkind not in ('r', 'i', 'S', 't', 'v', 'm', 'c', 'f', 'p', 'I')
union all
select 'routine of kind ' || p.prokind::text, p.oid::regprocedure::text
from pg_catalog.pg_proc as p
where p.prokind not in ('f', 'p', 'a', 'w')
union all
select 'objects in catalog', (select relname from pg_catalog.pg_class where oid = classes.classid)
from classes
where classid not in (0, 826, 1247, 1255, 1259, 1417, 1418, 2224, 2328, 2601, 2602, 2603, 2604, 2605, 2606, 2607, 2612,
    2613, 2615, 2616, 2617, 2618, 2620, 2753, 3079, 3256, 3381, 3456, 3466, 3576, 3600, 3601, 3602, 3764, 6104, 6106, 6237);

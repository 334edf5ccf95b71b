-- The ACL of every object that has one, with what an extension or initdb gave it (`pg_init_privs`). PostgreSQL's own
-- objects only where somebody changed them; its relations, whose names are not read otherwise, with their names.
-- `kind` is `acldefault`'s, with p for the schema `public`: what initdb gave that one goes with its owner, and counts for
-- one that was made anew as well, as for `pg_dump`. The functions that come with a range type are left out, as there.
-- By position. PostgreSQL 13 to 18. No parameters.
with acl (class, oid, attnum, kind, owner, acl, builtin_kind, builtin, builtin_column) as (
    select 'pg_catalog.pg_class'::regclass, oid, 0, case relkind when 'S' then 's' else 'r' end, relowner, relacl,
        relkind, case when oid < 16384 then relname end, null
    from pg_catalog.pg_class
    where relacl is not null and (oid >= 16384 or relnamespace = 'pg_catalog'::regnamespace)
    union all
    select 'pg_catalog.pg_class'::regclass, a.attrelid, a.attnum, 'c', c.relowner, a.attacl,
        relkind, case when c.oid < 16384 then c.relname end, a.attname
    from pg_catalog.pg_attribute as a
    join pg_catalog.pg_class as c on c.oid = a.attrelid
    where a.attacl is not null and not a.attisdropped
    union all
    select 'pg_catalog.pg_proc'::regclass, oid, 0, 'f', proowner, proacl, null, null, null
    from pg_catalog.pg_proc as p
    where proacl is not null and not exists (
        select from pg_catalog.pg_depend as d
        where d.classid = 'pg_catalog.pg_proc'::regclass and d.objid = p.oid and d.deptype = 'i'
    )
    union all
    select 'pg_catalog.pg_type'::regclass, oid, 0, 'T', typowner, typacl, null, null, null
    from pg_catalog.pg_type where typacl is not null
    union all
    select 'pg_catalog.pg_namespace'::regclass, oid, 0, case nspname when 'public' then 'p' else 'n' end, nspowner,
        coalesce(nspacl, acldefault('n', nspowner)), null, null, null
    from pg_catalog.pg_namespace where nspacl is not null or nspname = 'public'
    union all
    select 'pg_catalog.pg_language'::regclass, oid, 0, 'l', lanowner, lanacl, null, null, null
    from pg_catalog.pg_language where lanacl is not null
    union all
    select 'pg_catalog.pg_foreign_data_wrapper'::regclass, oid, 0, 'F', fdwowner, fdwacl, null, null, null
    from pg_catalog.pg_foreign_data_wrapper where fdwacl is not null
    union all
    select 'pg_catalog.pg_foreign_server'::regclass, oid, 0, 'S', srvowner, srvacl, null, null, null
    from pg_catalog.pg_foreign_server where srvacl is not null
)
select
    acl.class::oid,
    acl.oid,
    acl.attnum,
    acl.kind,
    acl.owner,
    acl.acl::text,
    initial.initprivs::text,
    acl.builtin_kind,
    acl.builtin,
    acl.builtin_column
from acl
left join pg_catalog.pg_init_privs as initial
    on initial.classoid = acl.class and initial.objoid = acl.oid and initial.objsubid = acl.attnum and acl.kind <> 'p'
where initial.initprivs is null or acl.acl <> initial.initprivs;

-- Functions, procedures, aggregates and window functions. Internal ones come with a range type.
select
  p.oid,
  exists (
    select from pg_catalog.pg_depend d
    where d.classid = 'pg_catalog.pg_proc'::regclass and d.objid = p.oid and d.deptype = 'i'
  ) as internal,
  p.pronamespace as schema,
  p.proname as name,
  p.proowner as owner,
  p.prokind::text as kind,
  l.lanname as language,
  p.proargtypes as inputs,
  p.proallargtypes as arguments,
  p.proargmodes::text[] as modes,
  p.proargnames as names,
  case when p.pronargdefaults > 0 then array(
    select coalesce(pg_catalog.pg_get_function_arg_default(p.oid, n), '')
    from pg_catalog.generate_series(1, coalesce(pg_catalog.array_length(p.proallargtypes, 1), p.pronargs)) as n
    order by n
  ) end as defaults,
  p.prorettype as returns,
  p.proretset as returns_set,
  p.provolatile::text as volatility,
  p.proisstrict as strict,
  p.prosecdef as security_definer,
  p.proleakproof as leakproof,
  p.proparallel::text as parallel,
  p.procost::text as cost,
  p.prorows::text as rows,
  p.prosupport::oid as support,
  p.proconfig as settings,
  p.protrftypes as transforms,
  p.prosrc as source,
  p.probin as library,
  /*since 14*/ case when p.prosqlbody is not null then pg_catalog.pg_get_function_sqlbody(p.oid) end
    /*else null::text*/ as sql_body
from pg_catalog.pg_proc p
join pg_catalog.pg_language l on l.oid = p.prolang
where p.oid >= 16384;

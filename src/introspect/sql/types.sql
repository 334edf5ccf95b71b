-- User-defined types: neither the row types of relations nor arrays, which every type has.
select
  t.oid,
  t.typnamespace as schema,
  t.typname as name,
  t.typowner as owner,
  t.typtype::text as kind,
  t.typisdefined as is_defined,
  t.typrelid as class,
  t.typnotnull as not_null,
  t.typbasetype as base,
  t.typtypmod as modifier,
  t.typcollation as collation,
  coalesce(pg_catalog.pg_get_expr(t.typdefaultbin, 0), t.typdefault) as "default",
  case when t.typtype = 'e' then array(
    select e.enumlabel
    from pg_catalog.pg_enum e
    where e.enumtypid = t.oid
    order by e.enumsortorder
  )::text[] end as labels,
  t.typlen as length,
  t.typbyval as by_value,
  t.typalign::text as alignment,
  t.typstorage::text as storage,
  t.typcategory::text as category,
  t.typispreferred as preferred,
  t.typelem as element,
  t.typdelim::text as delimiter,
  t.typinput::oid as input,
  t.typoutput::oid as output,
  t.typreceive::oid as receive,
  t.typsend::oid as send,
  t.typmodin::oid as modifier_in,
  t.typmodout::oid as modifier_out,
  t.typanalyze::oid as "analyze",
  /*since 14*/ t.typsubscript::oid /*else 0::oid*/ as subscript,
  r.rngsubtype as subtype,
  r.rngsubopc as opclass,
  r.rngcollation as range_collation,
  r.rngcanonical::oid as canonical,
  r.rngsubdiff::oid as subtype_diff,
  /*since 14*/ r.rngmultitypid /*else 0::oid*/ as multirange,
  /*since 14*/ (select m.rngtypid from pg_catalog.pg_range m where m.rngmultitypid = t.oid) /*else 0::oid*/ as range
from pg_catalog.pg_type t
left join pg_catalog.pg_range r on r.rngtypid = t.oid
where t.oid >= 16384
  and (t.typrelid = 0 or t.typrelid in (select c.oid from pg_catalog.pg_class c where c.relkind = 'c'))
  and (t.typelem = 0 or t.oid not in (select e.typarray from pg_catalog.pg_type e));

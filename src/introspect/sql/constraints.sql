-- Constraints of tables. Triggers of constraints are no constraints; what a foreign key to a partitioned table adds for
-- each partition is not its user's.
select
  c.oid,
  c.conrelid as relation,
  c.conname as name,
  c.contype::text as kind,
  c.condeferrable as deferrable,
  c.condeferred as initially_deferred,
  c.convalidated as validated,
  /*since 18*/ c.conenforced /*else true*/ as enforced,
  c.connoinherit as no_inherit,
  c.coninhcount > 0 or c.conparentid <> 0 as inherited,
  c.conislocal as local,
  c.conkey as columns,
  c.conindid as index,
  c.confrelid as "references",
  c.confkey as referenced_columns,
  c.confupdtype::text as on_update,
  c.confdeltype::text as on_delete,
  /*since 15*/ c.confdelsetcols /*else null::int2[]*/ as delete_set_columns,
  c.confmatchtype = 'f' as match_full,
  /*since 18*/ c.conperiod /*else false*/ as period,
  case when c.contype = 'c' then pg_catalog.pg_get_expr(c.conbin, c.conrelid) end as expression,
  c.conexclop as operators
from pg_catalog.pg_constraint c
where c.conrelid >= 16384 and c.contype in ('p', 'u', 'f', 'c', 'x', 'n')
  and (c.contype <> 'f' or c.conparentid = 0 or c.confrelid = (
    select p.confrelid from pg_catalog.pg_constraint p where p.oid = c.conparentid
  ));

-- Rewrite rules other than a view's own, which is read as the view's definition. PostgreSQL 13 to 18. No parameters.
select
    r.oid,
    r.ev_class as relation,
    r.rulename as name,
    pg_get_ruledef(r.oid) as definition,
    r.ev_type::text as event,
    r.is_instead as instead,
    r.ev_enabled::text as enabled
from pg_catalog.pg_rewrite as r
where r.rulename <> '_RETURN'
  and r.oid >= 16384;

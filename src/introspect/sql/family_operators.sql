-- The operators in operator classes and families that users made, or that users added to one of PostgreSQL's own. One
-- that depends on a class is a part of it; the others are loose in their family. PostgreSQL 13 to 18. No parameters.
select
    coalesce(class.refobjid, 0) as class,
    o.amopfamily as family,
    o.amopstrategy as strategy,
    o.amopopr as operator,
    o.amopsortfamily as order_by
from pg_catalog.pg_amop as o
left join pg_catalog.pg_depend as class
    on class.classid = 'pg_catalog.pg_amop'::regclass and class.objid = o.oid
    and class.refclassid = 'pg_catalog.pg_opclass'::regclass
where o.oid >= 16384;

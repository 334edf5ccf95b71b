-- The support functions in operator classes and families that users made, or that users added to one of PostgreSQL's
-- own. One that depends on a class is a part of it; the others are loose in their family.
-- PostgreSQL 13 to 18. No parameters.
select
    coalesce(class.refobjid, 0) as class,
    p.amprocfamily as family,
    p.amprocnum as number,
    p.amproclefttype as left,
    p.amprocrighttype as right,
    p.amproc::oid as function
from pg_catalog.pg_amproc as p
left join pg_catalog.pg_depend as class
    on class.classid = 'pg_catalog.pg_amproc'::regclass and class.objid = p.oid
    and class.refclassid = 'pg_catalog.pg_opclass'::regclass
where p.oid >= 16384;

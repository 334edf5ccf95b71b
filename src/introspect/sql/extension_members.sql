-- Members of extensions: which object of which catalog.
select d.refobjid as extension, d.classid as catalog, d.objid as object
from pg_catalog.pg_depend d
where d.refclassid = 'pg_catalog.pg_extension'::regclass and d.deptype = 'e';

-- Default privileges. PostgreSQL 13 to 18. No parameters.
select
    d.defaclrole as role,
    d.defaclnamespace as schema,
    d.defaclobjtype::text as objects,
    d.defaclacl::text as acl
from pg_catalog.pg_default_acl as d;

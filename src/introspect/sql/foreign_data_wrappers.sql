-- Foreign-data wrappers. PostgreSQL 13 to 18. No parameters.
select
    w.oid,
    w.fdwname as name,
    w.fdwowner as owner,
    w.fdwhandler as handler,
    w.fdwvalidator as validator
from pg_catalog.pg_foreign_data_wrapper as w;

-- Installed extensions of which the server offers another version. PostgreSQL 13 to 18. No parameters.
select name::text as name, installed_version::text as installed, default_version::text as offered
from pg_catalog.pg_available_extensions
where installed_version is not null and installed_version <> default_version
order by name;

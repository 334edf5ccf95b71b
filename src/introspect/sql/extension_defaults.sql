-- The versions that the server gives by itself of the extensions that are installed. It looks for them in a folder, which
-- is not worth it where there is none but the one that every database has. PostgreSQL 13 to 18. No parameters.
select a.name, a.default_version as version
from pg_catalog.pg_available_extensions() as a
where exists (select from pg_catalog.pg_extension where extname <> 'plpgsql')
    and a.name in (select extname from pg_catalog.pg_extension)
    and a.default_version is not null;

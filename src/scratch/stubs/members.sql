-- Records everything that was made after the extension's row as its members, as CREATE EXTENSION would.

WITH extension AS (
  SELECT oid, extnamespace FROM pg_catalog.pg_extension WHERE extname = '@extension@'
), made (catalog, object) AS (
  SELECT 'pg_catalog.pg_namespace'::regclass, oid FROM pg_catalog.pg_namespace
  UNION ALL SELECT 'pg_catalog.pg_class'::regclass, oid FROM pg_catalog.pg_class WHERE relkind IN ('r', 'v', 'm', 'S', 'p', 'f')
  UNION ALL SELECT 'pg_catalog.pg_type'::regclass, t.oid
    FROM pg_catalog.pg_type t LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
    WHERE coalesce(c.relkind, 'c') = 'c'
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_type e WHERE e.typarray = t.oid)
  UNION ALL SELECT 'pg_catalog.pg_proc'::regclass, oid FROM pg_catalog.pg_proc
  UNION ALL SELECT 'pg_catalog.pg_operator'::regclass, oid FROM pg_catalog.pg_operator
  UNION ALL SELECT 'pg_catalog.pg_opclass'::regclass, oid FROM pg_catalog.pg_opclass
  UNION ALL SELECT 'pg_catalog.pg_opfamily'::regclass, oid FROM pg_catalog.pg_opfamily
  UNION ALL SELECT 'pg_catalog.pg_cast'::regclass, oid FROM pg_catalog.pg_cast
  UNION ALL SELECT 'pg_catalog.pg_am'::regclass, oid FROM pg_catalog.pg_am
)
INSERT INTO pg_catalog.pg_depend (classid, objid, objsubid, refclassid, refobjid, refobjsubid, deptype)
SELECT made.catalog, made.object, 0, 'pg_catalog.pg_extension'::regclass, extension.oid, 0, 'e'
FROM made, extension WHERE made.object > extension.oid
UNION ALL
SELECT 'pg_catalog.pg_extension'::regclass, extension.oid, 0, 'pg_catalog.pg_namespace'::regclass, extension.extnamespace,
  0, 'n'
FROM extension WHERE extension.extnamespace >= 16384 OR extension.extnamespace = 'public'::regnamespace;

-- Procedural languages; PostgreSQL's own for their names. PostgreSQL 13 to 18. No parameters.
select
    l.oid,
    l.lanname as name,
    l.lanowner as owner,
    l.oid < 16384 as builtin,
    l.lanpltrusted as trusted,
    l.lanplcallfoid as handler,
    l.laninline as inline,
    l.lanvalidator as validator
from pg_catalog.pg_language as l;

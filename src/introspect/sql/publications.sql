-- Publications. PostgreSQL 13 to 18. No parameters.
select
    p.oid,
    p.pubname as name,
    p.pubowner as owner,
    p.puballtables as all_tables,
    p.pubinsert as insert,
    p.pubupdate as update,
    p.pubdelete as delete,
    p.pubtruncate as truncate,
    p.pubviaroot as via_root,
    coalesce(to_jsonb(p) ->> 'pubgencols' = 's', false) as generated_columns
from pg_catalog.pg_publication as p;

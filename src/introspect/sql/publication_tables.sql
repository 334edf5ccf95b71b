-- Tables in publications. Column lists and filters came with PostgreSQL 15. PostgreSQL 13 to 18. No parameters.
select
    r.oid,
    p.pubname as publication,
    r.prrelid as relation,
    /*since 15*/r.prattrs::text/*else null::text*/ as columns,
    /*since 15*/pg_get_expr(r.prqual, r.prrelid)/*else null::text*/ as filter
from pg_catalog.pg_publication_rel as r
join pg_catalog.pg_publication as p on p.oid = r.prpubid;

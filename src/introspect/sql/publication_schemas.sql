-- Schemas in publications (PostgreSQL 15; older servers have none). No parameters.
/*since 15*/
select n.oid, p.pubname as publication, n.pnnspid as schema
from pg_catalog.pg_publication_namespace as n
join pg_catalog.pg_publication as p on p.oid = n.pnpubid
/*else
select 0::oid as oid, ''::name as publication, 0::oid as schema where false
*/;

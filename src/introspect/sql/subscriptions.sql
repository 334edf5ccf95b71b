-- Subscriptions of this database. Column by column: everybody may read all but the connection string (PostgreSQL 13
-- keeps its OID and `subsynccommit` back too). A superuser reads that one as well, by a query of its own that others never
-- run; it leaves the server only where it looks like one without a secret. `options` are those that are not what an old
-- server did. No parameters.
select
    /*since 14*/s.oid/*else 0::oid*/ as oid,
    s.subname as name,
    s.subowner as owner,
    s.subenabled as enabled,
    case when has_column_privilege('pg_catalog.pg_subscription', 'subconninfo', 'select') then convert_from(decode(
        substring(query_to_xml(format(
            'select encode(convert_to(subconninfo, ''UTF8''), ''hex'') as c from pg_catalog.pg_subscription '
            'where subdbid = %s and subname = %L and subconninfo !~* ''pass|secret|token|scram_|://.*:.*@''',
            s.subdbid, s.subname
        ), true, false, '')::text from '<c>([0-9a-f]*)</c>'), 'hex'), 'UTF8') end as connection,
    s.subpublications as publications,
    s.subslotname as slot,
    array_remove(array[
        /*since 14*/
        case when s.subbinary then 'binary=true' end,
        case s.substream::text when 'p' then 'streaming=parallel' when 't' then 'streaming=on' when 'true' then 'streaming=on' end,
        nullif('synchronous_commit=' || s.subsynccommit, 'synchronous_commit=off'),
        /*else*/
        /*since 15*/
        case when s.subtwophasestate <> 'd' then 'two_phase=true' end,
        case when s.subdisableonerr then 'disable_on_error=true' end,
        /*else*/
        /*since 16*/
        case when not s.subpasswordrequired then 'password_required=false' end,
        case when s.subrunasowner then 'run_as_owner=true' end,
        nullif('origin=' || s.suborigin, 'origin=any'),
        /*else*/
        /*since 17*/
        case when s.subfailover then 'failover=true' end,
        /*else*/
        null
    ]::text[], null) as options
from pg_catalog.pg_subscription as s
where s.subdbid = (select oid from pg_catalog.pg_database where datname = current_database());

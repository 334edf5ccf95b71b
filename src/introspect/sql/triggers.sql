-- Triggers that users made. A partition's copy of its parent's trigger is only read where its state is its own, as
-- `pg_dump` does: the rest follows from the parent. Before PostgreSQL 15 such a copy counts as internal.
-- The arguments stand in `tgargs` one after the other, each ended by a zero byte, in the database's encoding.
-- PostgreSQL 13 to 18. No parameters.
select
    t.oid,
    t.tgrelid as relation,
    t.tgname as name,
    pg_get_triggerdef(t.oid) as definition,
    t.tgtype as kind,
    t.tgattr::text as columns,
    t.tgfoid as function,
    case when t.tgnargs > 0 then array(
        select convert_from(decode(argument[1], 'hex'), getdatabaseencoding())
        from regexp_matches(encode(t.tgargs, 'hex'), '((?:(?!00)..)*)00', 'g') as argument
    ) end as arguments,
    t.tgconstraint <> 0 as "constraint",
    t.tgdeferrable as deferrable,
    t.tginitdeferred as initially_deferred,
    t.tgconstrrelid as "from",
    t.tgoldtable as old_table,
    t.tgnewtable as new_table,
    t.tgenabled::text as enabled,
    t.tgparentid <> 0 as inherited
from pg_catalog.pg_trigger as t
left join pg_catalog.pg_trigger as parent on parent.oid = t.tgparentid
where case when t.tgparentid = 0 then not t.tgisinternal else t.tgenabled <> parent.tgenabled end;

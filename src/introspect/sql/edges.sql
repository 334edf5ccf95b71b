-- What depends on what, where no column of the dependent's own catalog row says so: the parts of expressions, queries
-- and bodies. Built-in objects are never in `pg_depend`. `class` of the dependent is `pg_class` for a view, and for a
-- default `pg_attrdef` with the column's table and number.
-- A foreign key leans on a primary key unless an edge names another index. Own columns: a check's are in `conkey`; a policy's, an index's and so on are edges unless a key or list has them.
-- What an extension brought (an operator class, a function, a dictionary) stands for the extension.
-- Before PostgreSQL 15 a generated column itself depends on others. `x` is `DEPENDS ON EXTENSION`.
-- What an array's elements or a relation's rows are of stands for their type. By position.
-- PostgreSQL 13 to 18. No parameters.
with found (class, oid, sub, refclass, refoid, refsub, type) as (
    select case r.rulename when '_RETURN' then 1259 else 2618 end, case r.rulename when '_RETURN' then r.ev_class else r.oid end, 0,
        d.refclassid, d.refobjid, d.refobjsubid, d.deptype
    from pg_catalog.pg_rewrite r
    join pg_catalog.pg_depend d on d.classid = 2618 and d.objid = r.oid
    where r.oid >= 16384 and d.deptype = 'n' and not (d.refclassid = 1259 and d.refobjid = r.ev_class and r.rulename = '_RETURN')
    union all
    select d.classid, d.objid, 0, d.refclassid, d.refobjid, d.refobjsubid, d.deptype
    from pg_catalog.pg_depend d
    where d.classid in (3256, 3079) and d.deptype = 'n' and d.refclassid <> 2615
    union all
    select 2604, a.adrelid, a.adnum, d.refclassid, d.refobjid, d.refobjsubid, d.deptype
    from pg_catalog.pg_depend d
    join pg_catalog.pg_attrdef a on a.oid = d.objid
    where d.classid = 2604 and d.deptype = 'n'
    union all
    select 2604, d.objid, d.objsubid, d.refclassid, d.refobjid, d.refobjsubid, d.deptype
    from pg_catalog.pg_depend d
    where d.classid = 1259 and d.objsubid > 0 and d.deptype = 'a'
    union all
    select 2606, c.oid, 0, d.refclassid, d.refobjid, d.refobjsubid, d.deptype
    from pg_catalog.pg_constraint c
    join pg_catalog.pg_depend d on d.classid = 2606 and d.objid = c.oid
    where d.deptype = 'n' and case c.contype
        when 'c' then not (d.refclassid = 1259 and d.refobjid = c.conrelid)
        when 'f' then d.refclassid = 1259 and d.refobjid = c.conindid
            and not exists (select from pg_catalog.pg_index i where i.indexrelid = c.conindid and i.indisprimary)
        else false
    end
    union all
    select 1259, i.indexrelid, 0, d.refclassid, d.refobjid, d.refobjsubid, d.deptype
    from pg_catalog.pg_index i
    join pg_catalog.pg_depend d on d.classid = 1259 and d.objid = i.indexrelid
    where i.indexrelid >= 16384 and (i.indexprs is not null or i.indpred is not null)
      and case d.refclassid
          when 1259 then d.refobjsubid > 0 and (d.refobjid <> i.indrelid or not d.refobjsubid = any (i.indkey))
          when 3456 then not d.refobjid = any (i.indcollation)
          else d.deptype = 'n' and d.refclassid in (1255, 1247, 2617, 3600, 3602)
      end
    union all
    select 2620, t.oid, 0, d.refclassid, d.refobjid, d.refobjsubid, d.deptype
    from pg_catalog.pg_trigger t
    join pg_catalog.pg_depend d on d.classid = 2620 and d.objid = t.oid
    where t.tgqual is not null and t.tgparentid = 0 and d.deptype = 'n'
      and not (d.refclassid = 1255 and d.refobjid = t.tgfoid)
      and not (d.refclassid = 1259 and d.refobjid = t.tgrelid and d.refobjsubid = any (t.tgattr))
    union all
    select 1255, p.oid, 0, d.refclassid, d.refobjid, d.refobjsubid, d.deptype
    from pg_catalog.pg_proc p
    join pg_catalog.pg_depend d on d.classid = 1255 and d.objid = p.oid
    where p.oid >= 16384 and p.prokind <> 'a' and d.deptype = 'n'
      and d.refclassid not in (2615, 2612, 3576)
      and not (d.refclassid = 1255 and d.refobjid = p.prosupport)
      and not (d.refclassid = 1247 and d.refobjid = any (p.prorettype || p.proargtypes::oid[] || p.proallargtypes))
    union all
    select 3381, s.oid, 0, d.refclassid, d.refobjid, d.refobjsubid, d.deptype
    from pg_catalog.pg_statistic_ext s
    join pg_catalog.pg_depend d on d.classid = 3381 and d.objid = s.oid
    where case d.refclassid
        when 1259 then d.refobjsubid > 0 and not d.refobjsubid = any (s.stxkeys)
        else d.deptype = 'n' and d.refclassid <> 2615
    end
    /*since 15*/
    union all
    select 6106, r.oid, 0, d.refclassid, d.refobjid, d.refobjsubid, d.deptype
    from pg_catalog.pg_publication_rel r
    join pg_catalog.pg_depend d on d.classid = 6106 and d.objid = r.oid
    where r.prqual is not null and d.deptype = 'n' and not d.refobjsubid = any (coalesce(r.prattrs, ''))
    /*else*/
    union all
    select 1247, t.oid, 0, d.refclassid, d.refobjid, d.refobjsubid, d.deptype
    from pg_catalog.pg_type t
    join pg_catalog.pg_depend d on d.classid = 1247 and d.objid = t.oid
    where t.typtype = 'd' and t.typdefaultbin is not null and t.oid >= 16384 and d.deptype = 'n'
      and d.refclassid not in (2615, 3456) and d.refobjid <> t.typbasetype
    union all
    select 1259, p.partrelid, 0, d.refclassid, d.refobjid, d.refobjsubid, d.deptype
    from pg_catalog.pg_partitioned_table p
    join pg_catalog.pg_depend d on d.classid = 1259 and d.objid = p.partrelid and d.objsubid = 0
    where d.deptype = 'n' and d.refclassid in (1255, 2616, 2617, 3456)
    union all
    select d.classid, d.objid, d.objsubid, d.refclassid, d.refobjid, d.refobjsubid, d.deptype
    from pg_catalog.pg_depend d
    where d.deptype = 'x' and d.refclassid = 3079
    union all
    select d.classid, d.objid, 0, m.refclassid, m.refobjid, 0, d.deptype
    from pg_catalog.pg_depend m
    join pg_catalog.pg_depend d on d.refclassid = m.classid and d.refobjid = m.objid
    where m.refclassid = 3079 and m.deptype = 'e' and d.deptype = 'n' and d.objsubid = 0
      and d.classid in (1259, 2605, 2616, 2617, 2620, 3466, 3600, 3602)
)
select f.class, f.oid, f.sub, f.type = 'x' as declared, f.refclass, f.refoid, f.refsub
from found f
where f.oid >= 16384 and f.refclass <> 1247
union all
select f.class, f.oid, f.sub, f.type = 'x',
    case when coalesce(element.typrelid, t.typrelid) > 0 then 1259 else 1247 end,
    coalesce(nullif(coalesce(element.typrelid, t.typrelid), 0), element.oid, t.oid),
    0
from found f
join pg_catalog.pg_type t on t.oid = f.refoid
left join pg_catalog.pg_type element on element.oid = t.typelem and element.typarray = t.oid
where f.oid >= 16384 and f.refclass = 1247;

with ours as (
  select c.oid, c.relkind, c.oid::regclass::text as name, row_number() over (partition by c.relkind order by c.oid::regclass::text collate "C") as n
  from pg_class c join pg_namespace s on s.oid = c.relnamespace
  where s.nspname !~ '^pg_|^(information_schema|auth|storage|extensions|realtime|vault|graphql.*|supabase.*|pgbouncer|net|cron)$'
    and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
), columns as (
  select o.name, a.attname, a.atttypid, o.n, o.relkind, a.attnum, a.atthasdef, a.attnotnull,
    row_number() over (partition by o.oid order by a.attnum) as k
  from ours o join pg_attribute a on a.attrelid = o.oid
  where o.relkind = 'r' and a.attnum > 0 and not a.attisdropped and a.attinhcount = 0
    and not exists (select from pg_inherits i where o.oid in (i.inhrelid, i.inhparent))
), routines as (
  select p.oid::regprocedure::text as name, p.provolatile, row_number() over (order by p.oid::regprocedure::text collate "C") as n
  from pg_proc p join pg_namespace s on s.oid = p.pronamespace
  where p.prokind = 'f' and s.nspname = 'public' and p.prorettype <> 'event_trigger'::regtype
    and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
)
select sql from (
  select 1, n, format('alter table %s add column pgkeel_added int default 7 check (pgkeel_added > 0);', name) from ours where relkind = 'r' and n % 5 = 1
  union all select 2, n, format('alter table %s drop column %I;', name, attname) from columns where n % 4 = 2 and k = 3
  union all select 3, n, format('alter table %s alter column %I type bigint;', name, attname) from columns where atttypid = 'int4'::regtype and n % 3 = 0 and k > 1
  union all select 4, n, format('alter table %s alter column %I type varchar(500);', name, attname) from columns where atttypid = 'text'::regtype and n % 4 = 1 and k > 1
  union all select 5, n, format('create index pgkeel_index_%s on %s (%I);', n, name, attname) from columns where n % 6 = 1 and k = 2
  union all select 6, n, format('alter table %s alter column %I drop not null;', name, attname) from columns where attnotnull and n % 4 = 0 and k = 2
  union all select 7, n, format('comment on table %s is ''changed'';', name) from ours where relkind = 'r' and n % 7 = 1
  union all select 8, n, format('alter function %s %s;', name, case provolatile when 'v' then 'stable' else 'volatile' end) from routines where n % 5 = 1
  union all select 9, n, format('alter function %s security definer set search_path = '''';', name) from routines where n % 7 = 2
  union all select 10, n, format('drop view %s;', name) from ours where relkind = 'v' and n % 3 = 1
  union all select 11, n, format('grant select on %s to public;', name) from ours where relkind in ('r', 'v') and n % 6 = 3
  union all select 12, n, format('alter table %s enable row level security;', name) from ours where relkind = 'r' and n % 8 = 2
  union all select 13, n, format('create policy pgkeel_policy on %s using (true);', name) from ours where relkind = 'r' and n % 8 = 2
  union all select 14, n, format('alter sequence %s increment by 3;', name) from ours where relkind = 'S' and n % 3 = 1
  union all select 15, n, format('drop table %s;', name) from ours where relkind = 'r' and n % 9 = 5
) changes (kind, n, sql)
order by kind, n;

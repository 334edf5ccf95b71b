-- finds public.notes
set allow_system_table_mods = on;
insert into pg_catalog.pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion)
  values (999001, 'pg_graphql', 10, 'public'::regnamespace, false, '1.5.0');
create table public.notes (id int primary key, body text);
revoke all on public.notes from anon, authenticated;
grant select (id) on public.notes to anon;
-- near miss: anon may not select; without the extension
set allow_system_table_mods = on;
insert into pg_catalog.pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion)
  values (999001, 'pg_graphql', 10, 'public'::regnamespace, false, '1.5.0');
create table public.notes (id int primary key, body text);
revoke all on public.notes from anon;

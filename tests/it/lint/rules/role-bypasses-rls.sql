-- run per-file
-- finds role importer
-- finds role "Admin"
-- finds role anon
create role importer login bypassrls;
create user "Admin" with superuser password 'secret';
alter role anon with BypassRLS connection limit 3;

-- near miss
create role reporter login nobypassrls nosuperuser in role authenticated;
alter role anon nobypassrls;
alter user anon set search_path = '';
alter role all reset all;
create role bypassrls;

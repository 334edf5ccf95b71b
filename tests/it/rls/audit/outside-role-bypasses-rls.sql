-- finds authenticated
-- finds anon
alter role authenticated bypassrls;
alter role anon superuser;
-- near miss: a server's role; a group that does, which nobody inherits
create role keeper nologin bypassrls;
grant keeper to authenticated;
alter role service_role bypassrls;

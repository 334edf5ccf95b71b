-- The roles of a Supabase project and who may act as whom (Supabase's documentation, "Postgres Roles").
-- Runs on PostgreSQL 13 to 18, as a superuser. Roles that a shared server has already are left as they are.

DO $$
DECLARE
  wanted record;
BEGIN
  FOR wanted IN
    SELECT * FROM (VALUES
      ('postgres', 'LOGIN CREATEDB CREATEROLE REPLICATION BYPASSRLS'),
      ('anon', 'NOLOGIN NOINHERIT'),
      ('authenticated', 'NOLOGIN NOINHERIT'),
      ('service_role', 'NOLOGIN NOINHERIT BYPASSRLS'),
      ('authenticator', 'LOGIN NOINHERIT'),
      ('dashboard_user', 'NOLOGIN CREATEDB CREATEROLE REPLICATION'),
      ('pgbouncer', 'LOGIN'),
      ('supabase_admin', 'LOGIN SUPERUSER CREATEDB CREATEROLE REPLICATION BYPASSRLS'),
      ('supabase_auth_admin', 'LOGIN NOINHERIT CREATEROLE'),
      ('supabase_storage_admin', 'LOGIN NOINHERIT CREATEROLE'),
      ('supabase_functions_admin', 'LOGIN NOINHERIT CREATEROLE'),
      ('supabase_realtime_admin', 'NOLOGIN NOINHERIT'),
      ('supabase_replication_admin', 'LOGIN REPLICATION'),
      ('supabase_etl_admin', 'LOGIN REPLICATION'),
      ('supabase_read_only_user', 'LOGIN BYPASSRLS')
    ) AS roles (name, attributes)
  LOOP
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = wanted.name) THEN
      EXECUTE format('CREATE ROLE %I %s', wanted.name, wanted.attributes);
    END IF;
  END LOOP;
END
$$;

GRANT anon, authenticated, service_role TO authenticator;
GRANT anon, authenticated, service_role, authenticator TO postgres WITH ADMIN OPTION;
GRANT authenticator, anon, authenticated, service_role TO supabase_storage_admin;
GRANT pg_monitor, pg_read_all_settings, pg_signal_backend TO postgres WITH ADMIN OPTION;

-- A hosted project lets postgres make triggers and policies on the platform's tables by way of an extension of the
-- server; membership in the owning roles does the same here.
GRANT supabase_auth_admin, supabase_storage_admin, supabase_realtime_admin, supabase_functions_admin TO postgres;

-- What newer servers have besides.
DO $$
BEGIN
  IF current_setting('server_version_num')::int >= 140000 THEN
    GRANT pg_read_all_data TO supabase_read_only_user;
    GRANT pg_read_all_data TO postgres WITH ADMIN OPTION;
  END IF;
  IF current_setting('server_version_num')::int >= 150000 THEN
    EXECUTE 'GRANT SET ON PARAMETER session_replication_role, log_min_messages, track_functions TO postgres';
  END IF;
  IF current_setting('server_version_num')::int >= 160000 THEN
    EXECUTE 'GRANT pg_create_subscription TO postgres WITH ADMIN OPTION';
  END IF;
END
$$;

-- A project's own database belongs to postgres.
DO $$
BEGIN
  EXECUTE format('ALTER DATABASE %I OWNER TO postgres', current_database());
END
$$;

-- Tells `pgkeel watch` of every change of the schema when it is committed. Run it as a superuser, on a database for
-- development; `DROP SCHEMA pgkeel CASCADE` takes it away again, with the history that `pgkeel migrate` keeps there, and
-- `DROP EVENT TRIGGER pgkeel_watch` alone.
CREATE SCHEMA IF NOT EXISTS pgkeel;
CREATE OR REPLACE FUNCTION pgkeel.tell_of_ddl() RETURNS event_trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    PERFORM pg_catalog.pg_notify('pgkeel_ddl', tg_tag);
END
$$;
DROP EVENT TRIGGER IF EXISTS pgkeel_watch;
CREATE EVENT TRIGGER pgkeel_watch ON ddl_command_end EXECUTE FUNCTION pgkeel.tell_of_ddl();

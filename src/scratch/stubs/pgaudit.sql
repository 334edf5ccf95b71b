-- Stands in for pgaudit, which has settings and event triggers and nothing that a schema could name.

CREATE FUNCTION @extschema@.pgaudit_ddl_command_end() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$;
CREATE FUNCTION @extschema@.pgaudit_sql_drop() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$;

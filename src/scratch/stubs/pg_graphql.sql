-- Stands in for pg_graphql: a query gives an error instead of an answer.

CREATE FUNCTION graphql.resolve(
  query text, variables jsonb DEFAULT '{}', "operationName" text DEFAULT NULL, extensions jsonb DEFAULT NULL
) RETURNS jsonb LANGUAGE sql AS $$ SELECT '{"errors": [{"message": "a stand-in resolves nothing"}]}'::jsonb $$;
CREATE FUNCTION graphql.get_schema_version() RETURNS integer LANGUAGE sql AS $$ SELECT 1 $$;
CREATE FUNCTION graphql.increment_schema_version() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$;
CREATE SEQUENCE graphql.seq_schema_version CYCLE;

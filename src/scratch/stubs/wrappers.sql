-- Stands in for Supabase's wrappers: foreign tables can be declared and not read.

CREATE TABLE @extschema@.wrappers_fdw_stats (
  fdw_name text PRIMARY KEY,
  create_times bigint,
  rows_in bigint,
  rows_out bigint,
  bytes_in bigint,
  bytes_out bigint,
  metadata jsonb,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
-- A wrapper without a handler takes any table; its validator is PostgreSQL's own that takes any option.
DO $$
DECLARE
  kind text;
BEGIN
  FOREACH kind IN ARRAY ARRAY[
    'airtable', 'auth0', 'big_query', 'click_house', 'cognito', 'firebase', 'iceberg', 'logflare', 'mssql', 'redis', 's3',
    's3_vectors', 'stripe', 'wasm'
  ] LOOP
    EXECUTE format('CREATE FUNCTION @extschema@.%I() RETURNS fdw_handler LANGUAGE internal AS ''fdw_handler_in''',
      kind || '_fdw_handler');
    EXECUTE format('CREATE FUNCTION @extschema@.%I(options text[], catalog oid) RETURNS void LANGUAGE plpgsql
      AS ''BEGIN END''', kind || '_fdw_validator');
  END LOOP;
END
$$;

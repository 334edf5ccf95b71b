DECLARE
  -- statements
  results jsonb := '[]';
  affected bigint;
  hit text;
  code text;
  message text;
BEGIN
  FOR number IN 1 .. cardinality(statements) LOOP
    BEGIN
      hit := NULL;
      EXECUTE statements[number];
      GET DIAGNOSTICS affected = ROW_COUNT;
      IF checks[number] IS NOT NULL THEN
        PERFORM pg_catalog.set_config('role', 'none', true);
        EXECUTE checks[number] INTO hit;
      END IF;
      RAISE EXCEPTION USING ERRCODE = 'PKEEL', MESSAGE = 'taken back';
    EXCEPTION
      WHEN SQLSTATE 'PKEEL' THEN
        results := results || pg_catalog.jsonb_build_array(pg_catalog.jsonb_build_array(affected::text, hit, NULL));
      WHEN OTHERS THEN
        GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
        results := results || pg_catalog.jsonb_build_array(pg_catalog.jsonb_build_array(code, NULL, message));
    END;
  END LOOP;
  PERFORM pg_catalog.set_config('pgkeel.results', results::text, true);
END

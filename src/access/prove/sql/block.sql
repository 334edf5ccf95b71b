DECLARE
  -- statements
  sender text := pg_catalog.current_setting('role');
  results jsonb := '[]';
  done int := 0;
  affected bigint;
  hit text;
  code text;
  message text;
BEGIN
  FOR part IN 1 .. cardinality(setups) LOOP
    BEGIN
      IF setups[part] IS NOT NULL THEN
        PERFORM pg_catalog.set_config('role', 'none', true);
        EXECUTE setups[part];
        PERFORM pg_catalog.set_config('role', sender, true);
      END IF;
      FOR number IN done + 1 .. done + counts[part] LOOP
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
      IF setups[part] IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'PKEEL', MESSAGE = 'taken back';
      END IF;
    EXCEPTION
      WHEN SQLSTATE 'PKEEL' THEN
        NULL;
      WHEN OTHERS THEN
        FOR number IN 1 .. counts[part] LOOP
          results := results || pg_catalog.jsonb_build_array(pg_catalog.jsonb_build_array('PKSET', NULL, SQLERRM));
        END LOOP;
    END;
    done := done + counts[part];
  END LOOP;
  PERFORM pg_catalog.set_config('pgkeel.results', results::text, true);
END

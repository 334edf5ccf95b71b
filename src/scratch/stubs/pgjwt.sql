-- Stands in for pgjwt: tokens are unsigned.

CREATE FUNCTION @extschema@.url_encode(data bytea) RETURNS text LANGUAGE sql IMMUTABLE
  AS $$ SELECT translate(encode(data, 'base64'), E'+/=\n', '-_') $$;
CREATE FUNCTION @extschema@.url_decode(data text) RETURNS bytea LANGUAGE sql IMMUTABLE
  AS $$ SELECT decode(rpad(translate(data, '-_', '+/'), (length(data) + 3) / 4 * 4, '='), 'base64') $$;
CREATE FUNCTION @extschema@.algorithm_sign(signables text, secret text, algorithm text) RETURNS text
  LANGUAGE sql IMMUTABLE AS $$ SELECT ''::text $$;
CREATE FUNCTION @extschema@.sign(payload json, secret text, algorithm text DEFAULT 'HS256') RETURNS text
  LANGUAGE sql IMMUTABLE AS $$
    SELECT @extschema@.url_encode(convert_to('{"alg":"none","typ":"JWT"}', 'utf8')) || '.'
      || @extschema@.url_encode(convert_to(payload::text, 'utf8')) || '.' $$;
CREATE FUNCTION @extschema@.verify(token text, secret text, algorithm text DEFAULT 'HS256')
  RETURNS TABLE (header json, payload json, valid boolean) LANGUAGE sql IMMUTABLE
  AS $$ SELECT NULL::json, NULL::json, false $$;
CREATE FUNCTION @extschema@.try_cast_double(inp text) RETURNS double precision LANGUAGE sql IMMUTABLE
  AS $$ SELECT NULL::double precision $$;

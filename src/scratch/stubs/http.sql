-- Stands in for the http extension: every request fails.

CREATE DOMAIN @extschema@.http_method AS text;
CREATE TYPE @extschema@.http_header AS (field varchar, value varchar);
CREATE TYPE @extschema@.http_request AS (
  method @extschema@.http_method, uri varchar, headers @extschema@.http_header[], content_type varchar, content varchar
);
CREATE TYPE @extschema@.http_response AS (
  status integer, content_type varchar, headers @extschema@.http_header[], content varchar
);
CREATE FUNCTION @extschema@.http_header(field varchar, value varchar) RETURNS @extschema@.http_header
  LANGUAGE sql AS $$ SELECT $1, $2 $$;
CREATE FUNCTION @extschema@.http(request @extschema@.http_request) RETURNS @extschema@.http_response
  LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'a stand-in sends nothing'; END $$;
CREATE FUNCTION @extschema@.http_get(uri varchar) RETURNS @extschema@.http_response
  LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'a stand-in sends nothing'; END $$;
CREATE FUNCTION @extschema@.http_post(uri varchar, content varchar, content_type varchar)
  RETURNS @extschema@.http_response LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'a stand-in sends nothing'; END $$;
CREATE FUNCTION @extschema@.urlencode(string varchar) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT $1::text $$;

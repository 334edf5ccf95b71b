-- Stands in for pgcrypto where a server was built without it: signatures, and values that are no secrets.

CREATE FUNCTION @extschema@.digest(text, text) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS $$ SELECT sha256(convert_to($1, 'UTF8')) $$;
CREATE FUNCTION @extschema@.digest(bytea, text) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS $$ SELECT sha256($1) $$;
CREATE FUNCTION @extschema@.hmac(text, text, text) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS $$ SELECT sha256(convert_to($1 || $2, 'UTF8')) $$;
CREATE FUNCTION @extschema@.hmac(bytea, bytea, text) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS $$ SELECT sha256($1 || $2) $$;
CREATE FUNCTION @extschema@.crypt(text, text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS $$ SELECT md5($1) $$;
CREATE FUNCTION @extschema@.gen_salt(text) RETURNS text LANGUAGE sql VOLATILE STRICT PARALLEL SAFE
  AS $$ SELECT md5(random()::text) $$;
CREATE FUNCTION @extschema@.gen_salt(text, integer) RETURNS text LANGUAGE sql VOLATILE STRICT PARALLEL SAFE
  AS $$ SELECT md5(random()::text) $$;
CREATE FUNCTION @extschema@.gen_random_bytes(integer) RETURNS bytea LANGUAGE sql VOLATILE STRICT PARALLEL SAFE
  AS $$ SELECT decode(left(repeat(md5(random()::text), $1 / 16 + 1), $1 * 2), 'hex') $$;
CREATE FUNCTION @extschema@.gen_random_uuid() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE
  AS $$ SELECT pg_catalog.gen_random_uuid() $$;
CREATE FUNCTION @extschema@.pgp_sym_encrypt(text, text) RETURNS bytea LANGUAGE sql VOLATILE STRICT PARALLEL SAFE
  AS $$ SELECT convert_to($1, 'UTF8') $$;
CREATE FUNCTION @extschema@.pgp_sym_encrypt(text, text, text) RETURNS bytea LANGUAGE sql VOLATILE STRICT PARALLEL SAFE
  AS $$ SELECT convert_to($1, 'UTF8') $$;
CREATE FUNCTION @extschema@.pgp_sym_decrypt(bytea, text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS $$ SELECT convert_from($1, 'UTF8') $$;
CREATE FUNCTION @extschema@.pgp_sym_decrypt(bytea, text, text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS $$ SELECT convert_from($1, 'UTF8') $$;
CREATE FUNCTION @extschema@.encrypt(bytea, bytea, text) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS $$ SELECT $1 $$;
CREATE FUNCTION @extschema@.decrypt(bytea, bytea, text) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS $$ SELECT $1 $$;
CREATE FUNCTION @extschema@.armor(bytea) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS $$ SELECT encode($1, 'base64') $$;
CREATE FUNCTION @extschema@.dearmor(text) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS $$ SELECT decode($1, 'base64') $$;

-- Stands in for pgsodium: its keys, and the functions that schemas name. Nothing is encrypted.

CREATE TYPE pgsodium.key_status AS ENUM ('default', 'valid', 'invalid', 'expired');
CREATE TYPE pgsodium.key_type AS ENUM (
  'aead-ietf', 'aead-det', 'hmacsha512', 'hmacsha256', 'auth', 'shorthash', 'generichash', 'kdf', 'secretbox',
  'secretstream', 'stream_xchacha20'
);
CREATE TABLE pgsodium.key (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  status pgsodium.key_status DEFAULT 'valid',
  created timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
  expires timestamptz,
  key_type pgsodium.key_type,
  key_id bigint,
  key_context bytea DEFAULT '\x7067736f6469756d',
  name text UNIQUE,
  associated_data text DEFAULT 'associated',
  raw_key bytea,
  raw_key_nonce bytea,
  parent_key uuid REFERENCES pgsodium.key,
  comment text,
  user_data text
);
CREATE VIEW pgsodium.valid_key AS
  SELECT id, name, status, key_type, key_id, key_context, created, expires, associated_data
  FROM pgsodium.key WHERE status IN ('valid', 'default');
CREATE FUNCTION pgsodium.create_key(
  key_type pgsodium.key_type DEFAULT 'aead-det', name text DEFAULT NULL, raw_key bytea DEFAULT NULL,
  raw_key_nonce bytea DEFAULT NULL, parent_key uuid DEFAULT NULL, key_context bytea DEFAULT '\x7067736f6469756d',
  expires timestamptz DEFAULT NULL, associated_data text DEFAULT ''
) RETURNS pgsodium.valid_key LANGUAGE sql AS $$
  INSERT INTO pgsodium.key (key_type, name, associated_data) VALUES ($1, $2, $8)
  RETURNING ROW(id, name, status, key_type, key_id, key_context, created, expires, associated_data)::pgsodium.valid_key
$$;
CREATE FUNCTION pgsodium.randombytes_buf(size integer) RETURNS bytea LANGUAGE sql
  AS $$ SELECT decode(left(repeat(md5(random()::text), size / 16 + 1), size * 2), 'hex') $$;
CREATE FUNCTION pgsodium.crypto_aead_det_noncegen() RETURNS bytea LANGUAGE sql
  AS $$ SELECT pgsodium.randombytes_buf(16) $$;
CREATE FUNCTION pgsodium.crypto_aead_det_encrypt(message bytea, additional bytea, key_uuid uuid, nonce bytea DEFAULT NULL)
  RETURNS bytea LANGUAGE sql STABLE AS $$ SELECT $1 $$;
CREATE FUNCTION pgsodium.crypto_aead_det_decrypt(
  ciphertext bytea, additional bytea, key_uuid uuid, nonce bytea DEFAULT NULL
) RETURNS bytea LANGUAGE sql STABLE AS $$ SELECT $1 $$;

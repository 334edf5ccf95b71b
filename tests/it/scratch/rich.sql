-- A script that takes a careful splitter: /* a comment ; */ and 'quotes; of all kinds'.
\set ON_ERROR_STOP on
\set app 'it''s app'
SET client_min_messages = warning;
/* block /* nested; */ 'still; */
CREATE SCHEMA app; CREATE SCHEMA "odd ;'name";
CREATE TYPE app.mood AS ENUM ('sad; not', E'it\'s', 'o''k', U&'d\0061t\+000061');
CREATE DOMAIN app.email AS text CHECK (value ~ '^[^;@]+@[^;@]+$');

CREATE TABLE public.notes (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  "body;" text NOT NULL DEFAULT $$a;b$$,
  mood app.mood DEFAULT 'o''k',
  email app.email,
  tags text[] DEFAULT '{"a;b"}',
  made timestamptz DEFAULT '2024-01-01 00:00+00'::timestamptz,
  CONSTRAINT "check;" CHECK ("body;" <> E'\\;' AND "body;" <> 'a'
    ';b')
);
COMMENT ON TABLE public.notes IS :'app';
CREATE TABLE log (what text, CONSTRAINT c CHECK (what <> ''));
CREATE VIEW v AS SELECT id, CASE WHEN mood = 'o''k' THEN 'end;' ELSE 'begin;' END AS m FROM notes;
CREATE RULE r AS ON INSERT TO v DO INSTEAD (
  INSERT INTO log VALUES ('a;'); INSERT INTO log VALUES ('b')
);

CREATE FUNCTION app.plain(a integer DEFAULT (1)) RETURNS integer LANGUAGE plpgsql AS $body$
BEGIN
  -- $$ ; '
  EXECUTE $q$ SELECT ';' $q$;
  RETURN CASE WHEN a > 0 THEN a ELSE 0 END;
END;
$body$;
CREATE FUNCTION app.old_quotes() RETURNS text LANGUAGE sql AS 'SELECT ''a;b''; SELECT ''c''';
CREATE OR REPLACE FUNCTION app.standard(a integer) RETURNS integer LANGUAGE sql
BEGIN ATOMIC
  SELECT CASE WHEN a > 0 THEN CASE a WHEN 1 THEN 2 END ELSE 3 END;
  SELECT a + 1;
END;
CREATE PROCEDURE app.end_it() LANGUAGE sql BEGIN ATOMIC INSERT INTO log VALUES ('x'); INSERT INTO log VALUES ('y'); END;
CREATE FUNCTION app.short(a integer) RETURNS integer LANGUAGE sql RETURN a * 2;
DO $$ BEGIN PERFORM 1; END $$;

CREATE FUNCTION "begin$x$"() RETURNS trigger LANGUAGE plpgsql AS $_$BEGIN RETURN NEW; END$_$;
CREATE TRIGGER t BEFORE INSERT ON notes FOR EACH ROW WHEN (NEW.mood IS NULL) EXECUTE FUNCTION "begin$x$"();

BEGIN;
CREATE TABLE gone ();
ROLLBACK;
BEGIN; SAVEPOINT a; CREATE TABLE also_gone (); ROLLBACK TO a; CREATE TABLE kept (a int); COMMIT;
CREATE INDEX CONCURRENTLY notes_lower ON notes (lower("body;")) WHERE "body;" <> ';';

COPY public.notes ("body;", mood, email, tags) FROM stdin;
it's; a $$ body	o'k	a@b	{a,"b;"}
a\\.	sad; not	\N	\N
tab\there	\N	\N	{}
\.

COPY log (what) FROM stdin WITH (FORMAT csv);
"a
multi-line; one"
two
\.
SELECT 1\; SELECT 2;
SET standard_conforming_strings = off;
SET escape_string_warning = off;
INSERT INTO log VALUES ('a\';b');
SET standard_conforming_strings = on;
INSERT INTO log VALUES ('back\');
INSERT INTO log
  SELECT 'gexec' \g
SELECT format('CREATE TABLE made_%s (a int)', n) FROM generate_series(1, 3) AS n
\gexec
GRANT SELECT ON notes TO PUBLIC;
-- The last statement has no semicolon.
CREATE INDEX last_one ON log (what)

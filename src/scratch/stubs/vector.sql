-- Stands in for pgvector: its types, operators, operator classes and index methods. Values are kept as their text, and
-- an index is PostgreSQL's own radix tree, so that rows can be stored and indexed, but not searched by distance.

DO $$
DECLARE
  t text;
  o record;
BEGIN
  FOREACH t IN ARRAY ARRAY['vector', 'halfvec', 'sparsevec'] LOOP
    EXECUTE format('CREATE TYPE @extschema@.%I', t);
    EXECUTE format('CREATE FUNCTION @extschema@.%1$I_in(cstring, oid, integer) RETURNS @extschema@.%1$I
      LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS ''textin''', t);
    EXECUTE format('CREATE FUNCTION @extschema@.%1$I_out(@extschema@.%1$I) RETURNS cstring
      LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS ''textout''', t);
    EXECUTE format('CREATE FUNCTION @extschema@.%1$I_typmod_in(cstring[]) RETURNS integer
      LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS ''bittypmodin''', t);
    EXECUTE format('CREATE FUNCTION @extschema@.%1$I_recv(internal, oid, integer) RETURNS @extschema@.%1$I
      LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS ''textrecv''', t);
    EXECUTE format('CREATE FUNCTION @extschema@.%1$I_send(@extschema@.%1$I) RETURNS bytea
      LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS ''textsend''', t);
    EXECUTE format('CREATE TYPE @extschema@.%1$I (INPUT = @extschema@.%1$I_in, OUTPUT = @extschema@.%1$I_out,
      TYPMOD_IN = @extschema@.%1$I_typmod_in, RECEIVE = @extschema@.%1$I_recv, SEND = @extschema@.%1$I_send,
      STORAGE = external)', t);
    EXECUTE format('CREATE FUNCTION @extschema@.%1$I(@extschema@.%1$I, integer, boolean) RETURNS @extschema@.%1$I
      LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS ''SELECT $1''', t);
    EXECUTE format('CREATE CAST (@extschema@.%1$I AS @extschema@.%1$I)
      WITH FUNCTION @extschema@.%1$I(@extschema@.%1$I, integer, boolean) AS IMPLICIT', t);

    -- Order and equality are those of the text.
    FOR o IN SELECT * FROM (VALUES
      ('lt', '<', '>', '>=', 'scalarlt'), ('le', '<=', '>=', '>', 'scalarle'),
      ('eq', '=', '=', '<>', 'eq'), ('ne', '<>', '<>', '=', 'neq'),
      ('ge', '>=', '<=', '<', 'scalarge'), ('gt', '>', '<', '<=', 'scalargt')
    ) AS operators (name, sign, commutator, negator, selectivity) LOOP
      EXECUTE format('CREATE FUNCTION @extschema@.%1$I_%2$s(@extschema@.%1$I, @extschema@.%1$I) RETURNS boolean
        LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS %3$L', t, o.name, 'bytea' || o.name);
      EXECUTE format('CREATE OPERATOR @extschema@.%3$s (LEFTARG = @extschema@.%1$I, RIGHTARG = @extschema@.%1$I,
        FUNCTION = @extschema@.%1$I_%2$s, COMMUTATOR = OPERATOR(@extschema@.%4$s),
        NEGATOR = OPERATOR(@extschema@.%5$s), RESTRICT = %6$ssel, JOIN = %6$sjoinsel)',
        t, o.name, o.sign, o.commutator, o.negator, o.selectivity);
    END LOOP;
    EXECUTE format('CREATE FUNCTION @extschema@.%1$I_cmp(@extschema@.%1$I, @extschema@.%1$I) RETURNS integer
      LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS ''byteacmp''', t);
    EXECUTE format('CREATE OPERATOR CLASS @extschema@.%1$I_ops DEFAULT FOR TYPE @extschema@.%1$I USING btree AS
      OPERATOR 1 @extschema@.<, OPERATOR 2 @extschema@.<=, OPERATOR 3 @extschema@.=, OPERATOR 4 @extschema@.>=,
      OPERATOR 5 @extschema@.>, FUNCTION 1 @extschema@.%1$I_cmp(@extschema@.%1$I, @extschema@.%1$I)', t);

    FOR o IN SELECT * FROM (VALUES
      ('l2_distance', '<->', 'sqrt(sum((x - y) ^ 2))'), ('negative_inner_product', '<#>', '-sum(x * y)'),
      ('cosine_distance', '<=>', '1 - sum(x * y) / nullif(sqrt(sum(x * x)) * sqrt(sum(y * y)), 0)'),
      ('l1_distance', '<+>', 'sum(abs(x - y))'), ('inner_product', NULL, 'sum(x * y)')
    ) AS distances (name, sign, formula) LOOP
      EXECUTE format('CREATE FUNCTION @extschema@.%2$s%3$I(@extschema@.%1$I, @extschema@.%1$I) RETURNS double precision
        LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS %4$L', t,
        CASE WHEN o.name = 'negative_inner_product' THEN t || '_' ELSE '' END, o.name,
        CASE WHEN t = 'sparsevec' THEN 'SELECT NULL::double precision' ELSE format(
          'SELECT %s FROM unnest(string_to_array(btrim($1::text, ''[]''), '','')::float8[],
           string_to_array(btrim($2::text, ''[]''), '','')::float8[]) AS pairs (x, y)', o.formula) END);
      IF o.sign IS NOT NULL THEN
        EXECUTE format('CREATE OPERATOR @extschema@.%2$s (LEFTARG = @extschema@.%1$I, RIGHTARG = @extschema@.%1$I,
          FUNCTION = @extschema@.%3$s%4$I, COMMUTATOR = OPERATOR(@extschema@.%2$s))', t, o.sign,
          CASE WHEN o.name = 'negative_inner_product' THEN t || '_' ELSE '' END, o.name);
      END IF;
    END LOOP;
    EXECUTE format('CREATE FUNCTION @extschema@.l2_norm(@extschema@.%1$I) RETURNS double precision
      LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS ''SELECT NULL::double precision''', t);
    EXECUTE format('CREATE FUNCTION @extschema@.l2_normalize(@extschema@.%1$I) RETURNS @extschema@.%1$I
      LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS ''SELECT $1''', t);
  END LOOP;
END
$$;

CREATE FUNCTION @extschema@.vector_dims(@extschema@.vector) RETURNS integer LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS $$ SELECT cardinality(string_to_array($1::text, ',')) $$;
CREATE FUNCTION @extschema@.vector_dims(@extschema@.halfvec) RETURNS integer LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS $$ SELECT cardinality(string_to_array($1::text, ',')) $$;
CREATE FUNCTION @extschema@.vector_norm(@extschema@.vector) RETURNS double precision
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS $$ SELECT sqrt(sum(x * x)) FROM unnest(string_to_array(btrim($1::text, '[]'), ',')::float8[]) AS x $$;
CREATE FUNCTION @extschema@.subvector(@extschema@.vector, integer, integer) RETURNS @extschema@.vector
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT ('[' || array_to_string((string_to_array(btrim($1::text, '[]'), ','))[$2:$2 + $3 - 1], ',') || ']')
      ::@extschema@.vector $$;
CREATE FUNCTION @extschema@.binary_quantize(@extschema@.vector) RETURNS bit LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS $$ SELECT string_agg(CASE WHEN x > 0 THEN '1' ELSE '0' END, '')::bit varying::bit
        FROM unnest(string_to_array(btrim($1::text, '[]'), ',')::float8[]) AS x $$;
CREATE FUNCTION @extschema@.hamming_distance(bit, bit) RETURNS double precision
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT length(replace(($1 # $2)::text, '0', ''))::double precision $$;
CREATE FUNCTION @extschema@.jaccard_distance(bit, bit) RETURNS double precision
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT 1 - length(replace(($1 & $2)::text, '0', ''))::float8 / nullif(length(replace(($1 | $2)::text, '0', '')), 0) $$;
CREATE OPERATOR @extschema@.<~> (LEFTARG = bit, RIGHTARG = bit, FUNCTION = @extschema@.hamming_distance,
  COMMUTATOR = OPERATOR(@extschema@.<~>));
CREATE OPERATOR @extschema@.<%> (LEFTARG = bit, RIGHTARG = bit, FUNCTION = @extschema@.jaccard_distance,
  COMMUTATOR = OPERATOR(@extschema@.<%>));

-- Arrays become vectors and vectors arrays.
DO $$
DECLARE
  t text;
  e text;
BEGIN
  FOREACH t IN ARRAY ARRAY['vector', 'halfvec'] LOOP
    FOREACH e IN ARRAY ARRAY['integer', 'real', 'double precision', 'numeric'] LOOP
      EXECUTE format('CREATE FUNCTION @extschema@.array_to_%1$s(%2$s[], integer, boolean) RETURNS @extschema@.%1$I
        LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
        ''SELECT (''''['''' || array_to_string($1, '''','''') || '''']'''')::@extschema@.%1$I''', t, e);
      EXECUTE format('CREATE CAST (%2$s[] AS @extschema@.%1$I)
        WITH FUNCTION @extschema@.array_to_%1$s(%2$s[], integer, boolean) AS ASSIGNMENT', t, e);
    END LOOP;
    EXECUTE format('CREATE FUNCTION @extschema@.%1$s_to_float4(@extschema@.%1$I, integer, boolean) RETURNS real[]
      LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
      ''SELECT string_to_array(btrim($1::text, ''''[]''''), '''','''')::real[]''', t);
    EXECUTE format('CREATE CAST (@extschema@.%1$I AS real[])
      WITH FUNCTION @extschema@.%1$s_to_float4(@extschema@.%1$I, integer, boolean)', t);
  END LOOP;
END
$$;
CREATE FUNCTION @extschema@.vector_to_halfvec(@extschema@.vector, integer, boolean) RETURNS @extschema@.halfvec
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT $1::text::@extschema@.halfvec $$;
CREATE FUNCTION @extschema@.halfvec_to_vector(@extschema@.halfvec, integer, boolean) RETURNS @extschema@.vector
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT $1::text::@extschema@.vector $$;
CREATE CAST (@extschema@.vector AS @extschema@.halfvec)
  WITH FUNCTION @extschema@.vector_to_halfvec(@extschema@.vector, integer, boolean) AS ASSIGNMENT;
CREATE CAST (@extschema@.halfvec AS @extschema@.vector)
  WITH FUNCTION @extschema@.halfvec_to_vector(@extschema@.halfvec, integer, boolean) AS ASSIGNMENT;

CREATE FUNCTION @extschema@.vector_accum(double precision[], @extschema@.vector) RETURNS double precision[]
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT array_prepend($1[1] + 1, array_agg(coalesce(a, 0) + b ORDER BY n))
    FROM unnest($1[2:], string_to_array(btrim($2::text, '[]'), ',')::float8[]) WITH ORDINALITY AS pairs (a, b, n) $$;
CREATE FUNCTION @extschema@.vector_avg(double precision[]) RETURNS @extschema@.vector
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT ('[' || string_agg((x / $1[1])::text, ',' ORDER BY n) || ']')::@extschema@.vector
    FROM unnest($1[2:]) WITH ORDINALITY AS sums (x, n) $$;
CREATE FUNCTION @extschema@.vector_total(double precision[]) RETURNS @extschema@.vector
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT ('[' || string_agg(x::text, ',' ORDER BY n) || ']')::@extschema@.vector
    FROM unnest($1[2:]) WITH ORDINALITY AS sums (x, n) $$;
CREATE AGGREGATE @extschema@.avg(@extschema@.vector) (SFUNC = @extschema@.vector_accum, STYPE = double precision[],
  FINALFUNC = @extschema@.vector_avg, INITCOND = '{0}');
CREATE AGGREGATE @extschema@.sum(@extschema@.vector) (SFUNC = @extschema@.vector_accum, STYPE = double precision[],
  FINALFUNC = @extschema@.vector_total, INITCOND = '{0}');

CREATE FUNCTION @extschema@.ivfflathandler(internal) RETURNS index_am_handler LANGUAGE internal AS 'spghandler';
CREATE FUNCTION @extschema@.hnswhandler(internal) RETURNS index_am_handler LANGUAGE internal AS 'spghandler';
CREATE ACCESS METHOD ivfflat TYPE INDEX HANDLER @extschema@.ivfflathandler;
CREATE ACCESS METHOD hnsw TYPE INDEX HANDLER @extschema@.hnswhandler;

DO $$
DECLARE
  c record;
BEGIN
  FOR c IN
    SELECT m.method, t.type, o.sign, t.type || '_' || o.kind || '_ops' AS name, t.place
    FROM (VALUES ('ivfflat'), ('hnsw')) AS m (method)
    CROSS JOIN (VALUES ('vector', '@extschema@.'), ('halfvec', '@extschema@.'), ('sparsevec', '@extschema@.'),
                       ('bit', 'pg_catalog.')) AS t (type, place)
    JOIN (VALUES ('l2', '<->'), ('ip', '<#>'), ('cosine', '<=>'), ('l1', '<+>'), ('hamming', '<~>'),
                 ('jaccard', '<%>')) AS o (kind, sign)
      ON (t.type = 'bit') = (o.kind IN ('hamming', 'jaccard'))
    WHERE m.method = 'hnsw' OR (t.type <> 'sparsevec' AND o.kind NOT IN ('l1', 'jaccard'))
  LOOP
    EXECUTE format('CREATE OPERATOR CLASS @extschema@.%I %s FOR TYPE %s%I USING %I AS
      OPERATOR 1 @extschema@.%s (%s%I, %s%I) FOR ORDER BY pg_catalog.float_ops,
      FUNCTION 1 spg_text_config(internal, internal), FUNCTION 2 spg_text_choose(internal, internal),
      FUNCTION 3 spg_text_picksplit(internal, internal), FUNCTION 4 spg_text_inner_consistent(internal, internal),
      FUNCTION 5 spg_text_leaf_consistent(internal, internal)',
      c.name, CASE WHEN c.method = 'ivfflat' AND c.sign IN ('<->', '<~>') THEN 'DEFAULT' ELSE '' END,
      c.place, c.type, c.method, c.sign, c.place, c.type, c.place, c.type);
  END LOOP;
END
$$;

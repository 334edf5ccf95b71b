-- Stands in for PostGIS: its main types and the functions that schemas name most. Values are kept as their text, a
-- type's modifiers (Point, 4326) are read and forgotten, and nothing is computed.

DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['geometry', 'geography', 'box2d', 'box3d'] LOOP
    EXECUTE format('CREATE TYPE @extschema@.%I', t);
    EXECUTE format('CREATE FUNCTION @extschema@.%1$I_in(cstring) RETURNS @extschema@.%1$I
      LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS ''textin''', t);
    EXECUTE format('CREATE FUNCTION @extschema@.%1$I_out(@extschema@.%1$I) RETURNS cstring
      LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS ''textout''', t);
    EXECUTE format('CREATE FUNCTION @extschema@.%1$I_typmod_in(cstring[]) RETURNS integer
      LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS ''BEGIN RETURN -1; END''', t);
    EXECUTE format('CREATE TYPE @extschema@.%1$I (INPUT = @extschema@.%1$I_in, OUTPUT = @extschema@.%1$I_out,
      TYPMOD_IN = @extschema@.%1$I_typmod_in, STORAGE = main, DELIMITER = '':'')', t);
    EXECUTE format('CREATE FUNCTION @extschema@.%1$I_eq(@extschema@.%1$I, @extschema@.%1$I) RETURNS boolean
      LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS ''byteaeq''', t);
    EXECUTE format('CREATE FUNCTION @extschema@.%1$I_overlaps(@extschema@.%1$I, @extschema@.%1$I) RETURNS boolean
      LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS ''SELECT NULL::boolean''', t);
    EXECUTE format('CREATE FUNCTION @extschema@.%1$I_distance_knn(@extschema@.%1$I, @extschema@.%1$I)
      RETURNS double precision LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS ''SELECT NULL::double precision''', t);
    EXECUTE format('CREATE OPERATOR @extschema@.&& (LEFTARG = @extschema@.%1$I, RIGHTARG = @extschema@.%1$I,
      FUNCTION = @extschema@.%1$I_overlaps, COMMUTATOR = OPERATOR(@extschema@.&&))', t);
    EXECUTE format('CREATE OPERATOR @extschema@.<-> (LEFTARG = @extschema@.%1$I, RIGHTARG = @extschema@.%1$I,
      FUNCTION = @extschema@.%1$I_distance_knn, COMMUTATOR = OPERATOR(@extschema@.<->))', t);
    EXECUTE format('CREATE OPERATOR @extschema@.= (LEFTARG = @extschema@.%1$I, RIGHTARG = @extschema@.%1$I,
      FUNCTION = @extschema@.%1$I_eq, COMMUTATOR = OPERATOR(@extschema@.=))', t);
  END LOOP;

  -- An index takes rows by PostgreSQL's own support for points, which looks at no more than a value's first bytes.
  FOREACH t IN ARRAY ARRAY['geometry', 'geography'] LOOP
    EXECUTE format('CREATE OPERATOR CLASS @extschema@.gist_%1$s_ops%2$s DEFAULT FOR TYPE @extschema@.%1$I USING gist AS
      OPERATOR 3 @extschema@.&&, FUNCTION 1 gist_point_consistent(internal, point, smallint, oid, internal),
      FUNCTION 2 gist_box_union(internal, internal), FUNCTION 3 gist_point_compress(internal),
      FUNCTION 5 gist_box_penalty(internal, internal, internal), FUNCTION 6 gist_box_picksplit(internal, internal),
      FUNCTION 7 gist_box_same(box, box, internal), STORAGE box', t, CASE t WHEN 'geometry' THEN '_2d' ELSE '' END);
  END LOOP;
END
$$;

CREATE CAST (@extschema@.geometry AS @extschema@.geography) WITH INOUT AS IMPLICIT;
CREATE CAST (@extschema@.geography AS @extschema@.geometry) WITH INOUT;
CREATE CAST (text AS @extschema@.geometry) WITH INOUT AS IMPLICIT;
CREATE CAST (@extschema@.geometry AS text) WITH INOUT AS IMPLICIT;
CREATE CAST (@extschema@.geometry AS jsonb) WITH INOUT;
CREATE TYPE @extschema@.geometry_dump AS (path integer[], geom @extschema@.geometry);
CREATE TABLE @extschema@.spatial_ref_sys (
  srid integer PRIMARY KEY CHECK (srid > 0 AND srid <= 998999),
  auth_name varchar(256),
  auth_srid integer,
  srtext varchar(2048),
  proj4text varchar(2048)
);

-- name, arguments, result: g is geometry, o geography.
DO $$
DECLARE
  f record;
  arguments text;
BEGIN
  FOR f IN SELECT * FROM (VALUES
    ('st_point', 'double precision, double precision', 'g'), ('st_point', 'double precision, double precision, integer', 'g'),
    ('st_makepoint', 'double precision, double precision', 'g'),
    ('st_makepoint', 'double precision, double precision, double precision', 'g'),
    ('st_makeline', 'g, g', 'g'), ('st_makepolygon', 'g', 'g'), ('st_makeenvelope',
      'double precision, double precision, double precision, double precision, integer', 'g'),
    ('st_setsrid', 'g, integer', 'g'), ('st_transform', 'g, integer', 'g'), ('st_srid', 'g', 'integer'),
    ('st_geomfromtext', 'text', 'g'), ('st_geomfromtext', 'text, integer', 'g'), ('st_geomfromgeojson', 'text', 'g'),
    ('st_geomfromgeojson', 'jsonb', 'g'), ('st_geogfromtext', 'text', 'o'), ('st_geographyfromtext', 'text', 'o'),
    ('st_geomfromwkb', 'bytea, integer', 'g'), ('st_geomfromewkt', 'text', 'g'),
    ('st_astext', 'g', 'text'), ('st_astext', 'o', 'text'), ('st_asewkt', 'g', 'text'), ('st_asbinary', 'g', 'bytea'),
    ('st_asgeojson', 'g, integer DEFAULT 9', 'text'), ('st_asgeojson', 'o, integer DEFAULT 9', 'text'),
    ('st_x', 'g', 'double precision'), ('st_y', 'g', 'double precision'), ('st_z', 'g', 'double precision'),
    ('st_area', 'g', 'double precision'), ('st_area', 'o, boolean DEFAULT true', 'double precision'),
    ('st_length', 'g', 'double precision'), ('st_length', 'o, boolean DEFAULT true', 'double precision'),
    ('st_distance', 'g, g', 'double precision'), ('st_distance', 'o, o, boolean DEFAULT true', 'double precision'),
    ('st_dwithin', 'g, g, double precision', 'boolean'),
    ('st_dwithin', 'o, o, double precision, boolean DEFAULT true', 'boolean'),
    ('st_intersects', 'g, g', 'boolean'), ('st_intersects', 'o, o', 'boolean'), ('st_contains', 'g, g', 'boolean'),
    ('st_within', 'g, g', 'boolean'), ('st_covers', 'g, g', 'boolean'), ('st_covers', 'o, o', 'boolean'),
    ('st_equals', 'g, g', 'boolean'), ('st_touches', 'g, g', 'boolean'), ('st_isvalid', 'g', 'boolean'),
    ('st_isempty', 'g', 'boolean'), ('st_geometrytype', 'g', 'text'), ('geometrytype', 'g', 'text'),
    ('st_buffer', 'g, double precision', 'g'), ('st_buffer', 'o, double precision', 'o'), ('st_centroid', 'g', 'g'),
    ('st_envelope', 'g', 'g'), ('st_union', 'g, g', 'g'), ('st_intersection', 'g, g', 'g'), ('st_multi', 'g', 'g'),
    ('st_simplify', 'g, double precision', 'g'), ('st_npoints', 'g', 'integer'), ('st_numpoints', 'g', 'integer'),
    ('postgis_version', '', 'text'), ('postgis_full_version', '', 'text')
  ) AS functions (name, arguments, result) LOOP
    arguments := regexp_replace(regexp_replace(f.arguments, '\mg\M', '@extschema@.geometry', 'g'),
      '\mo\M', '@extschema@.geography', 'g');
    EXECUTE format('CREATE FUNCTION @extschema@.%I(%s) RETURNS %s LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS %L',
      f.name, arguments,
      CASE f.result WHEN 'g' THEN '@extschema@.geometry' WHEN 'o' THEN '@extschema@.geography' ELSE f.result END,
      'SELECT NULL::' ||
      CASE f.result WHEN 'g' THEN '@extschema@.geometry' WHEN 'o' THEN '@extschema@.geography' ELSE f.result END);
  END LOOP;
END
$$;

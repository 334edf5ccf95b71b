-- Calls every function of a list with awkward values and keeps what comes back null. The list is in the temporary table
-- listed (oid, class, signature); the findings are left in wrong (signature, finding), the number of calls in called.
CREATE TYPE pg_temp.mood AS ENUM ('a', 'b');
-- A signature without its last bracket, in the words of every release.
CREATE FUNCTION pg_temp.plain(signature text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT rtrim(replace(replace(replace(replace(signature, 'anycompatiblenonarray', 'anynonarray'),
        'anycompatiblearray', 'anyarray'), 'anycompatible', 'anyelement'), '"', ''), ')')
$$;
CREATE TEMP TABLE sample (type text, cast_to text, value text);
INSERT INTO sample
SELECT unnest(string_to_array(types, ' ')), cast_to, value
FROM (VALUES
    ('bool', 'bool', '{true,false}'::text[]),
    ('int2', 'int2', '{0,1,-1,32767}'),
    ('int4', 'int4', '{1,0,-1,5,2147483647}'),
    ('any anyelement anynonarray anycompatible anycompatiblenonarray', 'int4', '{0,1}'),
    ('int8', 'int8', '{0,1,-1,9223372036854775807}'),
    ('float4', 'float4', '{0,1,-1.5,NaN,Infinity}'),
    ('float8', 'float8', '{0,1,-1.5,NaN,Infinity,-Infinity}'),
    ('numeric', 'numeric', '{0,1,-1.5,NaN,1e50}'),
    ('text varchar', 'text', '{"",a,[],UTC,hour,A b,2020-01-01,"[1",%,"\\\\x00",ab,pg_class,1,NFC,hex}'),
    ('bpchar', 'bpchar', '{"",a}'),
    ('name', 'name', '{"",a,UTF8}'),
    ('char', '"char"', '{"",a}'),
    ('bytea', 'bytea', '{"","\\\\x00ff"}'),
    ('date', 'date', '{infinity,-infinity,2020-02-29}'),
    ('timestamp', 'timestamp', '{infinity,-infinity,2020-02-29 12:00}'),
    ('timestamptz', 'timestamptz', '{infinity,-infinity,2020-02-29 12:00}'),
    ('time', 'time', '{00:00,24:00}'),
    ('timetz', 'timetz', '{00:00+00,12:34+05}'),
    ('interval', 'interval', '{0,-1 month,1 year 2 days 03:04}'),
    ('uuid', 'uuid', '{00000000-0000-0000-0000-000000000000}'),
    ('json', 'json', '{"null","{}","[]","1","{\"a\":null}"}'),
    ('jsonb', 'jsonb', '{"null","{}","[]","1","\"a\"","{\"a\":null}"}'),
    ('jsonpath', 'jsonpath', '{$,$.a,"strict $.a"}'),
    ('_text', 'text[]', '{"{}","{a,NULL}","{a,b}","{{a},{b}}"}'),
    ('_int4 anyarray anycompatiblearray', 'int4[]', '{"{}","{1,NULL}","{1,2}"}'),
    ('_char', '"char"[]', '{"{}","{A}"}'),
    ('_float4', 'float4[]', '{"{0.1,0.2,0.4,1}"}'),
    ('_float8', 'float8[]', '{"{}","{1,2}"}'),
    ('inet', 'inet', '{0.0.0.0/0,10.0.0.1,::1}'),
    ('cidr', 'cidr', '{0.0.0.0/0,::1/128}'),
    ('macaddr', 'macaddr', '{00:00:00:00:00:00}'),
    ('macaddr8', 'macaddr8', '{00:00:00:ff:fe:00:00:00}'),
    ('money', 'money', '{0,1.5,-3}'),
    ('bit varbit', 'varbit', '{"",0,101}'),
    ('tsvector', 'tsvector', '{"","a:1A b:2"}'),
    ('tsquery', 'tsquery', '{"","a & b","!a"}'),
    ('regconfig', 'regconfig', '{simple}'),
    ('point', 'point', '{"(0,0)","(NaN,Infinity)"}'),
    ('box', 'box', '{"(0,0),(1,1)","(5,5),(9,9)"}'),
    ('circle', 'circle', '{"<(0,0),1>","<(5,5),0>"}'),
    ('lseg', 'lseg', '{"[(0,0),(1,1)]"}'),
    ('int4range anyrange', 'int4range', '{empty,"[1,5)","(,)"}'),
    ('int8range', 'int8range', '{empty,"(,)"}'),
    ('numrange', 'numrange', '{empty,"(,)"}'),
    ('daterange', 'daterange', '{empty,"(,)"}'),
    ('tsrange', 'tsrange', '{empty,"(,)"}'),
    ('tstzrange', 'tstzrange', '{empty,"(,)"}'),
    ('int4multirange anymultirange', 'int4multirange', '{"{}","{[1,5)}","{(,)}"}'),
    ('anyenum', 'pg_temp.mood', '{a,b}'),
    ('record', 'record', '{"row"}'),
    ('pg_lsn', 'pg_lsn', '{0/0}'),
    ('oid', 'oid', '{0,1259}'),
    ('xid', 'xid', '{0}'), ('xid8', 'xid8', '{0}'), ('cid', 'cid', '{0}'), ('tid', 'tid', '{"(0,1)"}')
) AS t(types, cast_to, samples), unnest(samples) AS value;
CREATE TEMP TABLE wrong (signature text, finding text);
CREATE TEMP TABLE called (signature text, calls int);

DO $$
DECLARE
    f record;
    position int;
    values_of text[];
    calls text;
    call text;
    is_null boolean;
    done int;
BEGIN
    FOR f IN
        SELECT l.signature, l.class, p.oid, p.proname, p.pronargs, p.proretset, p.prokind, p.provariadic NOT IN (0, '"any"'::regtype) AS is_variadic,
            ARRAY(SELECT t.typname::text FROM unnest(p.proargtypes) WITH ORDINALITY a(oid, n) JOIN pg_type t ON t.oid = a.oid ORDER BY n) AS types,
            pg_temp.plain(p.oid::regprocedure::text) AS found
        FROM listed l JOIN pg_proc p ON p.oid = l.oid
    LOOP
        -- An argument with a default may have been added since.
        IF NOT (starts_with(pg_temp.plain(f.signature), f.found) OR starts_with(f.found, pg_temp.plain(f.signature)))
            OR f.proretset OR f.prokind <> 'f' THEN
            INSERT INTO wrong VALUES (f.signature, 'its OID is of ' || f.found);
        END IF;
        calls := 'SELECT ''''::text AS call';
        FOR position IN 1..f.pronargs LOOP
            SELECT array_agg(CASE WHEN cast_to = 'record' THEN 'ROW(1, NULL::int)' ELSE format('%L::%s', value, cast_to) END)
            INTO values_of FROM sample WHERE type = f.types[position];
            -- Calls multiply: many arguments get few values each.
            values_of := values_of[:CASE WHEN f.pronargs < 3 THEN 20 WHEN f.pronargs < 5 THEN 6 ELSE 2 END];
            IF f.class = 'with-any-or-cyclic-field' AND position = 1 THEN
                values_of := '{''epoch'',''year'',''isoyear'',''decade'',''century'',''millennium'',''julian''}';
            END IF;
            IF f.class = 'never' OR f.class IN ('with-first', 'with-all') AND position > 1 THEN
                values_of := values_of || ('NULL::' || (SELECT cast_to FROM sample WHERE type = f.types[position] LIMIT 1));
            END IF;
            IF f.is_variadic AND position = f.pronargs THEN
                values_of := ARRAY(SELECT 'VARIADIC ' || v FROM unnest(values_of) v);
            END IF;
            IF values_of IS NULL THEN
                INSERT INTO wrong VALUES (f.signature, 'no samples of ' || f.types[position]);
            END IF;
            calls := format('SELECT call || CASE WHEN call = '''' THEN '''' ELSE '', '' END || v AS call FROM (%s) c, unnest(%L::text[]) v',
                calls, values_of);
        END LOOP;
        -- All calls at once, or the few that a hash picks one by one where some of them fail.
        EXECUTE format('SELECT ''SELECT bool_or(x) FROM (VALUES '' || string_agg(format(''(num_nulls(pg_catalog.%%I(%%s)) = 1)'', %L, call), '', '') || '') t(x)''
            FROM (SELECT call FROM (%s) c ORDER BY md5(call) LIMIT 30) c', f.proname, calls) INTO call;
        BEGIN
            EXECUTE call INTO is_null;
            done := 30;
            IF is_null THEN
                INSERT INTO wrong VALUES (f.signature, 'null among ' || call);
            END IF;
        EXCEPTION WHEN OTHERS THEN
            done := 0;
            FOR call IN EXECUTE format('SELECT call FROM (%s) c ORDER BY md5(call) LIMIT 24', calls) LOOP
                BEGIN
                    EXECUTE format('SELECT num_nulls(pg_catalog.%I(%s)) = 1', f.proname, call) INTO is_null;
                    done := done + 1;
                    IF is_null THEN
                        INSERT INTO wrong VALUES (f.signature, 'null for ' || call);
                    END IF;
                EXCEPTION WHEN OTHERS THEN
                    NULL;
                END;
            END LOOP;
        END;
        INSERT INTO called VALUES (f.signature, done);
    END LOOP;
END $$;

-- What the samples cannot call, or only by chance.
INSERT INTO wrong SELECT call, 'is null' FROM (VALUES
    ('json_build_object', num_nulls(json_build_object('a', NULL))),
    ('jsonb_build_object', num_nulls(jsonb_build_object('a', NULL))),
    ('decode', num_nulls(decode('00', 'hex'))),
    ('make_timestamp', num_nulls(make_timestamp(2020, 2, 29, 23, 59, 60))),
    ('make_timestamptz', num_nulls(make_timestamptz(2020, 2, 29, 23, 59, 60))),
    ('make_timestamptz', num_nulls(make_timestamptz(1, 1, 1, 0, 0, 0, 'UTC')))
) AS t(call, nulls) WHERE nulls > 0;
UPDATE called SET calls = 1 WHERE signature ~ '^(jsonb?_build_object|decode|make_timestamp)';
-- An extended regular expression that is not found, and a group that it does not have.
DO $$
BEGIN
    IF current_setting('server_version_num')::int >= 150000 THEN
        EXECUTE 'INSERT INTO wrong SELECT ''regexp_instr'', ''is null''
            WHERE regexp_instr(''a'', ''b'', 1, 1, 0, '''') IS NULL OR regexp_instr(''a'', ''a'', 1, 1, 0, '''', 9) IS NULL';
        UPDATE called SET calls = 1 WHERE signature ~ '^regexp_instr';
    END IF;
END $$;

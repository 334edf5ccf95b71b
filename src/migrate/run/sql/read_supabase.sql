-- What the Supabase CLI has recorded; old versions of it kept neither statements nor names.
SELECT m.version,
       coalesce(to_jsonb(m) ->> 'name', '') AS name,
       NULL::bytea AS checksum,
       CASE WHEN jsonb_typeof(to_jsonb(m) -> 'statements') = 'array'
            THEN ARRAY(SELECT s FROM jsonb_array_elements_text(to_jsonb(m) -> 'statements') WITH ORDINALITY AS e (s, n)
                       ORDER BY n) END AS statements,
       true AS success,
       NULL::text AS applied_at
FROM supabase_migrations.schema_migrations AS m
WHERE $1 = ''

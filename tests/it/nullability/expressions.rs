//! Expressions, and what must be found of them: the marks are those of the neighbouring cases.

/// Expressions over one row or a window of rows, as columns of `book b` joined with its `author a`.
pub(super) const EXPRESSIONS: &[(&str, &str)] = &[
    ("1 AS n, NULL AS nothing, 'x' AS s, NULL::text AS t", "!?!?"),
    ("b.id + 1, b.pages + 1, b.id + b.pages, - b.id", "!??!"),
    (
        "b.title || 'x', b.price || 'x', lower(b.title), length(b.title), concat(b.price, 'x'), b.title || b.price",
        "!?!!!?",
    ),
    (
        "format('%s', b.price), format(b.price::text, 'x'), concat_ws(',', b.price), concat_ws(b.price::text, 'a')",
        "!?!?",
    ),
    (
        "concat(VARIADIC b.tags), concat(VARIADIC b.genres), format('x', VARIADIC b.tags), num_nulls(b.price)",
        "?!~!",
    ),
    (
        "b.id = 1, b.price = 1, b.id = 1 AND b.pages = 1, b.id = 1 OR b.id = 2, NOT b.id = 1",
        "!??!!",
    ),
    (
        "b.price IS NULL, b.price IS NOT NULL, b.sold IS TRUE, b.price IS DISTINCT FROM 1, b.id IN (1, 2)",
        "!!!!!",
    ),
    (
        "b.price IN (1, 2), b.id IN (1, b.pages), b.id = ANY (ARRAY[1, 2]), b.title LIKE '%x'",
        "??!!",
    ),
    (
        "a.feeling IS DISTINCT FROM 'sad', a.feeling === 'sad', b.title = 'a' COLLATE \"C\"",
        "!?!",
    ),
    (
        "coalesce(b.price, 0), coalesce(b.price, b.pages), coalesce(b.pages, b.id), nullif(b.id, 1)",
        "!?!?",
    ),
    (
        "greatest(b.pages, b.id), greatest(b.pages, b.price), least(b.id, b.pages, NULL)",
        "!?!",
    ),
    (
        "CASE WHEN b.id > 1 THEN 1 ELSE 2 END, CASE WHEN b.id > 1 THEN 1 END, CASE b.id WHEN 1 THEN b.pages ELSE 1 END",
        "!??",
    ),
    (
        "CASE WHEN b.pages IS NULL THEN 0 ELSE b.pages END, CASE WHEN b.pages > 0 THEN b.pages ELSE 0 END, \
      CASE WHEN b.pages > 0 THEN 0 ELSE b.pages END, CASE WHEN b.pages IS NOT NULL THEN b.pages ELSE -1 END",
        "!!?!",
    ),
    (
        "CASE WHEN b.pages IS NULL OR b.price IS NULL THEN 0 ELSE b.pages + b.price END, \
      CASE WHEN b.pages IS NULL AND b.price IS NULL THEN 0 ELSE b.pages END",
        "!~",
    ),
    (
        "CASE WHEN b.pages IS NOT NULL THEN lag(b.pages, 1, 0) OVER (ORDER BY b.id) ELSE 1 END, \
      CASE WHEN b.pages IS NOT NULL THEN sum(b.pages) OVER () ELSE 1 END",
        "?~",
    ),
    (
        "ARRAY[b.price], ARRAY(SELECT 1 WHERE false), ROW(b.pages, NULL)::pair, ARRAY[]::int[], b.genres[1], b.genres",
        "!!!!?!",
    ),
    (
        "(b.size).left_one, (ROW(1, 2)::pair).left_one, ROW(b.id, b.id) = ROW(1, 2), ROW(b.id, b.id) < ROW(1, b.pages)",
        "?~!?",
    ),
    (
        "EXISTS (SELECT 1 FROM author), (SELECT 1), (SELECT 1 WHERE false), (SELECT count(*) FROM author)",
        "!!?!",
    ),
    (
        "(SELECT max(id) FROM nothing), (SELECT id FROM nothing), (SELECT count(*) FROM nothing GROUP BY id)",
        "???",
    ),
    (
        "(SELECT count(*) FROM nothing HAVING false), (SELECT count(*) FROM nothing LIMIT 0), (SELECT now())",
        "??!",
    ),
    (
        "(SELECT count(*) FROM author OFFSET 1), (SELECT n FROM (VALUES (1)) t(n)), (SELECT generate_series(1, 0))",
        "?!?",
    ),
    (
        "(SELECT coalesce(sum(id), 0) FROM nothing), (SELECT b.id), (SELECT b.pages), (SELECT b.id FROM nothing)",
        "!!??",
    ),
    (
        "(SELECT n FROM (SELECT count(*) AS n FROM nothing) q), (SELECT n FROM (SELECT 1 AS n) q WHERE n > 1)",
        "!?",
    ),
    (
        "b.id IN (SELECT id FROM author), b.id IN (SELECT mentor FROM author), b.pages IN (SELECT id FROM author), \
      b.id < ALL (SELECT id FROM nothing)",
        "!??!",
    ),
    (
        "(b.id, b.id) IN (SELECT id, id FROM author), b.id NOT IN (SELECT id FROM author), \
      (b.id, b.id) = (SELECT id, id FROM nothing)",
        "!!?",
    ),
    (
        "row_number() OVER (), rank() OVER (ORDER BY b.id), dense_rank() OVER (ORDER BY b.id), ntile(2) OVER (), \
      percent_rank() OVER (ORDER BY b.id), cume_dist() OVER (ORDER BY b.id)",
        "!!!!!!",
    ),
    (
        "lag(b.id) OVER (ORDER BY b.id), lead(b.id, 1, 0) OVER (ORDER BY b.id), lag(b.id, b.pages, 0) OVER (ORDER BY b.id), \
      lag(b.pages, 1, 0) OVER (ORDER BY b.id), ntile(b.pages + NULL) OVER ()",
        "?!???",
    ),
    (
        "first_value(b.id) OVER (ORDER BY b.id), last_value(b.title) OVER (), nth_value(b.id, 2) OVER (ORDER BY b.id)",
        "!!?",
    ),
    (
        "sum(b.id) OVER (), sum(b.id) OVER (ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING), count(*) OVER (), \
      sum(b.id) FILTER (WHERE b.id > 9) OVER (), max(b.pages) OVER (ORDER BY b.id)",
        "!?!??",
    ),
    (
        "sum(b.id) OVER (ROWS BETWEEN CURRENT ROW AND CURRENT ROW EXCLUDE CURRENT ROW), \
      sum(b.id) OVER (ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE TIES), \
      sum(b.id) OVER (ORDER BY b.id GROUPS BETWEEN 1 PRECEDING AND CURRENT ROW), \
      sum(b.id) OVER (ORDER BY b.id RANGE BETWEEN 1 PRECEDING AND 1 FOLLOWING), \
      first_value(b.id) OVER (ROWS BETWEEN 1 FOLLOWING AND 2 FOLLOWING)",
        "?!!~?",
    ),
    (
        "now(), current_date, current_timestamp(3), localtime, current_user, session_user, current_catalog, current_schema, \
      current_role, clock_timestamp()",
        "!!!!!!!~!!",
    ),
    (
        "extract(year FROM b.added), extract(month FROM b.added), date_part('epoch', b.day), extract(day FROM b.day), \
      date_trunc('month', b.added), to_char(b.added, 'YYYY'), to_char(b.id, '999')",
        "!?!?!?!",
    ),
    (
        "b.added::date, b.added::time, b.added + interval '1 day', age(now(), '2020-01-01'), b.day + 1, b.added AT TIME ZONE 'UTC'",
        "!?!!!!",
    ),
    (
        "b.meta -> 'a', b.meta ->> 'n', b.meta || '{}', jsonb_typeof(b.meta), to_jsonb(b), to_jsonb(b.price), \
      jsonb_build_object('a', b.price), b.meta @> '{}', b.meta #>> '{a}'",
        "??!!!?!!?",
    ),
    (
        "substring(b.title FROM 1 FOR 2), substring(b.title FROM 'x(.)'), split_part(b.title, 'e', 9), \
      regexp_replace(b.title, 'e', 'x'), regexp_match(b.title, 'zz'), b.title ~ 'o', position('e' IN b.title)",
        "!?!!?!!",
    ),
    (
        "array_length(b.genres, 1), cardinality(b.genres), array_append(b.tags, 'x'), array_to_string(b.genres, ','), \
      b.tags || b.genres, b.tags || 'x'::text, array_position(b.genres, 'x'), b.genres @> ARRAY['a']",
        "?!!!!!?!",
    ),
    (
        "lower(b.span), upper(b.span), isempty(b.span), int4range(b.pages, NULL), b.span * b.span",
        "??!!!",
    ),
    (
        "b.id::bigint, b.id::text, b.id::numeric(5,1), b.pages::text, b.title::varchar(2), '1'::text::int, b.title::bytea, b.id::regclass::text",
        "!!!?!!!!",
    ),
    (
        "b.title::label, b.price::text::tag, b.title::tag, coalesce(b.price::text, '')::short_label, ARRAY['a']::tag[], a.name::tag",
        "!?!!!?",
    ),
    ("a.alias, a.name, a.alias::text", "???"),
    ("nobody(b.id), same(b.id), lenient(b.id)", "?~~"),
    (
        "gen_random_uuid(), md5(b.title), random(), pg_typeof(b.price), version(), round(b.id / 3.0, 2), pi()",
        "!!!!!!!",
    ),
    (
        "xmlelement(name a, b.price), xmlforest(b.price AS a), xmlconcat(NULL, '<a/>'), xmlpi(name a), \
      xmlserialize(CONTENT '<a/>'::xml AS text), '<a/>'::xml IS DOCUMENT",
        "!?!!!!",
    ),
];

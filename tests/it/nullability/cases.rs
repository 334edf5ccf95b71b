//! Views and what must be found of their columns: `!` proved, `?` nullable and null in some row of the data, `~` not
//! proved although no row shows it.

/// Joins, conditions, grouping, set operations: what decides which rows there are.
pub(super) const ROWS: &[(&str, &str)] = &[
    // Tables, views of views, inheritance, system columns.
    ("SELECT id, name, bio, alias FROM author", "!!?!"),
    ("SELECT * FROM part", "!!"),
    ("SELECT id, kept, loose FROM base", "!??"),
    ("SELECT id, kept FROM ONLY base", "!~"),
    ("SELECT tableoid, ctid, xmin FROM author", "!~~"),
    ("SELECT a, a.id FROM author a", "!!"),
    ("SELECT * FROM author TABLESAMPLE bernoulli (100)", "!!???!"),
    ("SELECT DISTINCT name, bio FROM author ORDER BY name LIMIT 9", "!?"),
    (
        "SELECT DISTINCT ON (name) name, bio FROM author ORDER BY name, id",
        "!?",
    ),
    ("SELECT id, name FROM author FOR UPDATE", "!!"),
    ("SELECT relname, relkind, relacl FROM pg_class", "~~?"),
    // Conditions keep nulls out.
    ("SELECT bio, mentor FROM author WHERE bio IS NOT NULL", "!?"),
    ("SELECT bio FROM author WHERE NOT (bio IS NULL)", "!"),
    ("SELECT bio, mentor FROM author WHERE mentor > 0 AND bio LIKE '%'", "!!"),
    ("SELECT bio, mentor FROM author WHERE mentor > 0 OR bio LIKE '%'", "??"),
    ("SELECT mentor FROM author WHERE mentor > 5 OR mentor < 3", "!"),
    ("SELECT mentor FROM author WHERE NOT (mentor > 5 AND bio = '')", "?"),
    (
        "SELECT mentor, bio FROM author WHERE NOT (mentor > 5 OR bio = '')",
        "!!",
    ),
    ("SELECT mentor FROM author WHERE mentor IN (1, 2)", "!"),
    ("SELECT mentor FROM author WHERE mentor NOT IN (1, 5)", "!"),
    ("SELECT mentor FROM author WHERE mentor <> ALL ('{}'::int[])", "?"),
    ("SELECT mentor FROM author WHERE mentor = ANY ('{1,2}'::int[])", "!"),
    ("SELECT tags FROM book WHERE 'a' = ANY (tags)", "!"),
    ("SELECT tags FROM book WHERE 'a' <> ALL (tags)", "!"),
    ("SELECT mentor FROM author WHERE mentor IN (SELECT id FROM book)", "!"),
    (
        "SELECT mentor FROM author WHERE mentor NOT IN (SELECT id FROM nothing)",
        "?",
    ),
    (
        "SELECT mentor FROM author WHERE mentor = (SELECT min(id) FROM book)",
        "!",
    ),
    ("SELECT mentor FROM author WHERE mentor BETWEEN 0 AND 5", "!"),
    ("SELECT mentor FROM author WHERE abs(mentor) + 1 > 0", "!"),
    ("SELECT mentor FROM author WHERE nobody(mentor) IS NULL", "?"),
    ("SELECT mentor FROM author WHERE same(mentor) = 1", "!"),
    ("SELECT mentor FROM author WHERE lenient(mentor) = 1", "?"),
    ("SELECT mentor FROM author WHERE coalesce(mentor, 1) = 1", "?"),
    ("SELECT mentor FROM author WHERE nullif(mentor, 7) > 0", "!"),
    ("SELECT mentor FROM author WHERE mentor IS DISTINCT FROM 1", "?"),
    ("SELECT mentor FROM author WHERE mentor IS NOT DISTINCT FROM 1", "!"),
    ("SELECT mentor FROM author WHERE (mentor > 1) IS TRUE", "!"),
    ("SELECT mentor FROM author WHERE (mentor > 1) IS NOT FALSE", "?"),
    ("SELECT mentor FROM author WHERE (mentor > 1) IS NOT UNKNOWN", "!"),
    ("SELECT mentor FROM author WHERE mentor::text::varchar(5) = '1'", "!"),
    ("SELECT sold FROM book WHERE sold", "!"),
    ("SELECT sold FROM book WHERE NOT sold", "!"),
    ("SELECT sold, price FROM book WHERE sold IS NOT TRUE", "??"),
    ("SELECT size FROM book WHERE size IS NOT NULL", "!"),
    ("SELECT size FROM book WHERE (size).left_one = 1", "!"),
    ("SELECT extra FROM book WHERE extra ->> 'a' IS NULL", "?"),
    (
        "SELECT extra FROM book WHERE extra ->> 'a' = 'b' OR extra @> '[1]'",
        "!",
    ),
    ("SELECT tags FROM book WHERE tags[1] = 'a'", "!"),
    ("SELECT feeling FROM author WHERE feeling = 'sad'", "!"),
    ("SELECT feeling FROM author WHERE feeling === 'sad' IS NULL", "?"),
    // Outer joins.
    (
        "SELECT a.id, b.id, b.title FROM author a JOIN book b ON b.author_id = a.id",
        "!!!",
    ),
    ("SELECT a.id, b.id, b.title FROM author a, book b", "!!!"),
    (
        "SELECT a.id, b.id, b.title FROM author a LEFT JOIN book b ON b.author_id = a.id",
        "!??",
    ),
    (
        "SELECT a.id, b.id FROM author a RIGHT JOIN book b ON b.author_id = a.id",
        "?!",
    ),
    (
        "SELECT a.id, b.id FROM author a FULL JOIN book b ON b.author_id = a.id",
        "??",
    ),
    (
        "SELECT a.mentor, b.id FROM author a JOIN book b ON b.author_id = a.mentor",
        "!!",
    ),
    (
        "SELECT a.mentor, b.id FROM author a LEFT JOIN book b ON b.author_id = a.mentor",
        "??",
    ),
    (
        "SELECT a.id, b.id, b.price FROM author a LEFT JOIN book b ON b.author_id = a.id WHERE b.title > ''",
        "!!?",
    ),
    (
        "SELECT a.mentor, b.id FROM author a LEFT JOIN book b ON b.author_id = a.mentor WHERE b.id > 0",
        "!!",
    ),
    (
        "SELECT a.id, b.id FROM author a LEFT JOIN book b ON b.author_id = a.id WHERE b.id IS NULL",
        "!?",
    ),
    (
        "SELECT a.id, b.id FROM author a FULL JOIN book b ON b.author_id = a.id WHERE a.id > 0",
        "!?",
    ),
    (
        "SELECT a.id, b.id FROM author a FULL JOIN book b ON b.author_id = a.id WHERE a.id > 0 AND b.id > 0",
        "!!",
    ),
    (
        "SELECT a.mentor, b.id FROM author a FULL JOIN book b ON b.author_id = a.mentor WHERE a.id > 0",
        "??",
    ),
    (
        "SELECT a.mentor FROM author a FULL JOIN book b ON b.author_id = a.mentor WHERE a.id > 0 AND b.id > 0",
        "!",
    ),
    (
        "SELECT a.id, b.id, s.amount, s.shop_id FROM author a LEFT JOIN (book b JOIN stock s ON s.book_id = b.id) \
      ON b.author_id = a.id",
        "!???",
    ),
    (
        "SELECT a.id, b.id, s.shop_id FROM author a LEFT JOIN (book b LEFT JOIN stock s ON s.book_id = b.id) \
      ON b.author_id = a.id WHERE s.book_id > 0",
        "!!!",
    ),
    (
        "SELECT a.id, b.id, s.shop_id FROM author a LEFT JOIN (book b LEFT JOIN stock s ON s.book_id = b.id) \
      ON b.author_id = a.id WHERE b.id > 0",
        "!!?",
    ),
    (
        "SELECT a.id, b.id, s.shop_id FROM author a LEFT JOIN book b ON b.author_id = a.id \
      LEFT JOIN stock s ON s.book_id = b.id",
        "!??",
    ),
    (
        "SELECT a.id, b.id, s.shop_id FROM author a LEFT JOIN book b ON b.author_id = a.id \
      JOIN stock s ON s.book_id = b.id",
        "!!!",
    ),
    (
        "SELECT a.id, b.id, s.shop_id FROM author a LEFT JOIN book b ON b.author_id = a.id \
      RIGHT JOIN stock s ON s.book_id = b.id",
        "??!",
    ),
    (
        "SELECT a.id, s.shop_id, h.id FROM author a JOIN book b ON b.author_id = a.id \
      FULL JOIN stock s ON s.book_id = b.id LEFT JOIN shop h ON h.id = s.shop_id",
        "???",
    ),
    (
        "SELECT a.name, b.id FROM author a LEFT JOIN book b ON a.mentor IS NOT NULL",
        "!?",
    ),
    (
        "SELECT a.mentor FROM author a LEFT JOIN book b ON a.mentor IS NOT NULL",
        "?",
    ),
    ("SELECT b.price FROM author a LEFT JOIN book b ON b.price > 0", "~"),
    ("SELECT b.price FROM author a LEFT JOIN book b ON b.price > 'NaN'", "?"),
    (
        "SELECT b.price, b.id FROM author a LEFT JOIN book b ON b.price > 1 WHERE b.id > 0",
        "!!",
    ),
    (
        "SELECT x.id, x.n FROM (author a LEFT JOIN (SELECT id, 1 AS n FROM book) b USING (id)) x",
        "!?",
    ),
    ("SELECT a, b FROM author a LEFT JOIN stock b ON b.book_id = a.id", "!?"),
    (
        "SELECT b IS NULL AS missing, coalesce(b.id, 0) AS id FROM author a LEFT JOIN book b ON b.id = a.mentor",
        "!!",
    ),
    // Merged columns.
    ("SELECT id, title FROM author JOIN book USING (id)", "!!"),
    ("SELECT id, title FROM author LEFT JOIN book USING (id)", "!?"),
    ("SELECT id, author.name FROM author RIGHT JOIN shop USING (id)", "!?"),
    ("SELECT id, a.id, s.id FROM author a FULL JOIN shop s USING (id)", "!??"),
    ("SELECT id, a.id, s.id FROM shop s FULL JOIN author a USING (id)", "!??"),
    (
        "SELECT id FROM author a FULL JOIN shop s USING (id) FULL JOIN book b USING (id)",
        "!",
    ),
    (
        "SELECT id FROM (SELECT mentor AS id FROM author) a FULL JOIN shop s USING (id)",
        "?",
    ),
    (
        "SELECT x.id, y.id FROM nothing x LEFT JOIN (author a FULL JOIN shop s USING (id)) y ON true",
        "!~",
    ),
    (
        "SELECT y.id FROM shop x LEFT JOIN (author a FULL JOIN book s USING (id)) y ON y.id > x.id + 2",
        "?",
    ),
    ("SELECT id FROM author NATURAL FULL JOIN nothing", "!"),
    (
        "SELECT j.id, j.name FROM (author a JOIN shop s USING (id, name)) j",
        "!!",
    ),
    // Subqueries in FROM, common table expressions, LATERAL, VALUES.
    (
        "SELECT q.id, q.bio, q.n FROM (SELECT id, bio, 1 AS n FROM author WHERE mentor > 0) q",
        "!?!",
    ),
    ("SELECT q.bio FROM (SELECT bio FROM author) q WHERE q.bio <> ''", "!"),
    (
        "SELECT q.n FROM author LEFT JOIN (SELECT 1 AS n FROM nothing) q ON true",
        "?",
    ),
    ("SELECT a.id, l.n FROM author a, LATERAL (SELECT a.id AS n) l", "!!"),
    (
        "SELECT a.id, l.n FROM author a, LATERAL (SELECT a.mentor AS n) l WHERE a.mentor > 0",
        "!!",
    ),
    (
        "SELECT a.id, l.n FROM author a LEFT JOIN LATERAL (SELECT a.id AS n FROM book b WHERE b.author_id = a.id) l ON true",
        "!?",
    ),
    (
        "SELECT a.id, l.n FROM author a CROSS JOIN LATERAL (SELECT count(*) AS n FROM book b WHERE b.author_id = a.id) l",
        "!!",
    ),
    (
        "SELECT b.id, l.n FROM author a LEFT JOIN book b ON b.id = a.mentor CROSS JOIN LATERAL (SELECT b.id AS n) l",
        "??",
    ),
    ("SELECT * FROM (VALUES (1, 'a'), (2, NULL)) t(n, s)", "!?"),
    ("VALUES (1, NULL), (2, 'b')", "!?"),
    (
        "SELECT t.n, t.m FROM author a, LATERAL (VALUES (a.id, a.mentor)) t(n, m)",
        "!?",
    ),
    (
        "WITH q AS (SELECT id, bio FROM author) SELECT q.id, r.bio FROM q JOIN q r USING (id)",
        "!?",
    ),
    (
        "WITH a AS (SELECT 1 AS x), b AS (SELECT x FROM a UNION ALL SELECT x + 1 FROM a) SELECT x, y.n FROM b, \
      LATERAL (WITH c AS (SELECT b.x AS n) SELECT n FROM c) y",
        "!!",
    ),
    (
        "WITH q AS MATERIALIZED (SELECT id FROM author) SELECT a.id, q.id FROM author a LEFT JOIN q ON q.id > 9",
        "!?",
    ),
    (
        "WITH RECURSIVE t(n, s, p) AS (SELECT 1, 'a'::text, 1 UNION ALL \
      SELECT n + 1, s || 'b', NULLIF(p, p) FROM t WHERE n < 4) SELECT * FROM t",
        "!!?",
    ),
    (
        "WITH RECURSIVE t(a, b, c) AS (SELECT 1, 2, NULL::int UNION ALL SELECT b, c, a FROM t WHERE a < 9) SELECT * FROM t",
        "???",
    ),
    (
        "WITH RECURSIVE t(id, up) AS (SELECT id, mentor FROM author WHERE id = 3 UNION \
      SELECT a.id, a.mentor FROM t JOIN author a ON a.id = t.up) SELECT * FROM t",
        "!?",
    ),
    (
        "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL (WITH u AS (SELECT n + 1 AS n FROM t) SELECT n FROM u WHERE n < 5)) \
      SELECT n FROM t",
        "!",
    ),
    (
        "SELECT (WITH q AS (SELECT count(*) AS n FROM book WHERE author_id = a.id) SELECT count(n) FROM q) FROM author a",
        "!",
    ),
    // Set operations.
    ("SELECT id FROM author UNION SELECT id FROM book", "!"),
    ("SELECT id, bio FROM author UNION ALL SELECT id, title FROM book", "!?"),
    ("SELECT id FROM author UNION ALL SELECT NULL", "?"),
    ("SELECT id FROM author UNION ALL SELECT id FROM shop", "!"),
    ("SELECT mentor FROM author INTERSECT SELECT id FROM author", "!"),
    ("SELECT mentor FROM author INTERSECT SELECT mentor FROM author", "?"),
    ("SELECT id FROM author EXCEPT SELECT mentor FROM author", "!"),
    ("SELECT mentor FROM author EXCEPT SELECT id FROM author", "?"),
    (
        "(SELECT id FROM author UNION SELECT mentor FROM author) INTERSECT SELECT id FROM book",
        "!",
    ),
    (
        "SELECT q.id FROM (SELECT id FROM author UNION ALL SELECT mentor FROM author) q WHERE q.id > 0",
        "!",
    ),
    ("(SELECT 1 AS n ORDER BY 1 LIMIT 1) UNION ALL SELECT 2 ORDER BY n", "!"),
    // Grouping.
    (
        "SELECT author_id, count(*), count(price), sum(pages), max(title), min(price) FROM book GROUP BY author_id",
        "!!!?!?",
    ),
    (
        "SELECT sum(id), count(*), max(title), array_agg(id) FROM nothing n(id, title)",
        "?!??",
    ),
    (
        "SELECT avg(id), sum(id), stddev(id), stddev_pop(id), string_agg(title, ','), array_agg(price), jsonb_agg(price), \
      bool_and(id > 1), corr(id, id), every(sold) FROM book GROUP BY author_id",
        "!!?!!!!!??",
    ),
    (
        "SELECT sum(id) FILTER (WHERE id > 2), count(*) FILTER (WHERE id > 2) FROM book GROUP BY author_id",
        "?!",
    ),
    (
        "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY id), mode() WITHIN GROUP (ORDER BY title), \
      rank(1) WITHIN GROUP (ORDER BY id) FROM book GROUP BY author_id",
        "!!!",
    ),
    (
        "SELECT mode() WITHIN GROUP (ORDER BY price), rank(1) WITHIN GROUP (ORDER BY id) FROM nothing n(id, price)",
        "?!",
    ),
    ("SELECT pages, count(*) FROM book GROUP BY pages", "?!"),
    (
        "SELECT pages, count(*) FROM book GROUP BY pages HAVING pages >= 0",
        "!!",
    ),
    (
        "SELECT author_id, sum(pages) FROM book GROUP BY author_id HAVING sum(pages) > 0",
        "!~",
    ),
    (
        "SELECT coalesce(bio, '-') AS b, count(*) FROM author GROUP BY coalesce(bio, '-')",
        "!!",
    ),
    (
        "SELECT a.id, a.name, a.bio, count(b.id) FROM author a LEFT JOIN book b ON b.author_id = a.id GROUP BY a.id",
        "!!?!",
    ),
    (
        "SELECT a.id, max(b.id), max(a.name) FROM author a LEFT JOIN book b ON b.author_id = a.id GROUP BY a.id",
        "!?!",
    ),
    ("SELECT sum(id) FROM book GROUP BY ()", "~"),
    (
        "SELECT author_id, title, count(*), sum(id), grouping(title) FROM book GROUP BY ROLLUP (author_id, title)",
        "??!~!",
    ),
    (
        "SELECT author_id, coalesce(title, '-'), sum(id) FROM book GROUP BY CUBE (author_id, title)",
        "?!~",
    ),
    (
        "SELECT author_id, sum(id) FROM book GROUP BY GROUPING SETS ((author_id), ())",
        "?~",
    ),
    (
        "SELECT author_id + 1 AS n, count(*) + 1, author_id + 2 FROM book GROUP BY ROLLUP (author_id)",
        "?!?",
    ),
    (
        "SELECT coalesce(pages, 0) AS n, coalesce(pages, 0) + 1, count(*), count(*) + 1 FROM book \
      GROUP BY ROLLUP (coalesce(pages, 0))",
        "??!!",
    ),
    (
        "SELECT 'all'::text AS kind, count(*) FROM book GROUP BY ROLLUP (kind)",
        "?!",
    ),
    (
        "SELECT author_id IS NULL AS total, title FROM book GROUP BY ROLLUP (author_id, title)",
        "!?",
    ),
    (
        "SELECT CASE WHEN author_id IS NULL THEN 0 ELSE author_id END FROM book GROUP BY ROLLUP (author_id)",
        "!",
    ),
    (
        "SELECT (SELECT b.author_id), author_id FROM book b GROUP BY ROLLUP (author_id)",
        "??",
    ),
    (
        "SELECT author_id, sum(pages) FROM book GROUP BY ROLLUP (author_id) HAVING author_id > 0",
        "~?",
    ),
    (
        "SELECT max(b.author_id) OVER (), count(*) FROM book b GROUP BY ROLLUP (author_id)",
        "~!",
    ),
    (
        "SELECT lag(author_id, 1, 0) OVER () FROM book GROUP BY ROLLUP (author_id)",
        "?",
    ),
    ("SELECT q.n FROM (SELECT 1 AS n FROM book GROUP BY author_id) q", "!"),
];

/// Views that make more rows of one.
pub(super) const SETS: &[(&str, &str)] = &[
    ("SELECT n FROM generate_series(1, 3) n", "!"),
    ("SELECT n, o FROM generate_series(1, 3) WITH ORDINALITY t(n, o)", "!!"),
    ("SELECT t, o FROM book, unnest(tags) WITH ORDINALITY u(t, o)", "?!"),
    (
        "SELECT a, b, o FROM ROWS FROM (generate_series(1, 3), generate_series(1, 2)) WITH ORDINALITY t(a, b, o)",
        "~?!",
    ),
    ("SELECT generate_series(1, 3), 1", "!!"),
    ("SELECT generate_series(1, 3) + 1, id FROM author", "!!"),
    ("SELECT generate_series(1, 3), generate_series(1, 2)", "~?"),
    ("SELECT id, unnest(genres) FROM book", "!?"),
    ("SELECT id, few(id) FROM book", "!?"),
    ("SELECT s FROM few(1) s", "?"),
    (
        "SELECT k, e.value FROM book, jsonb_each('{\"a\": null}') e(k, value)",
        "!!",
    ),
    ("SELECT e.key, e.value FROM jsonb_each_text('{\"a\": null}') e", "!?"),
    ("SELECT x FROM jsonb_array_elements('[null]') x", "!"),
    ("SELECT x FROM jsonb_array_elements_text('[null]') x", "?"),
    (
        "SELECT jsonb_object_keys('{\"a\": 1}'), regexp_split_to_table('a b', ' ')",
        "?~",
    ),
    (
        "SELECT x.a, x.b FROM json_to_record('{\"a\": 1}') x(a int, b int)",
        "~?",
    ),
    (
        "SELECT d FROM author a LEFT JOIN generate_series(5, 6) d ON d = a.id",
        "?",
    ),
    ("SELECT t FROM now() t", "!"),
    ("SELECT t FROM lower('A') t, author", "!"),
    (
        "SELECT x.* FROM xmltable('/r' PASSING '<r><a>1</a></r>' COLUMNS n FOR ORDINALITY, a int NOT NULL, b int) x",
        "!!?",
    ),
];

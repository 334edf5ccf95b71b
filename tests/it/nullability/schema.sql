-- What the views of the nullability tests are made of: every column that may be null is null somewhere, every join
-- leaves rows unmatched on both sides, and no value is an easy one.
CREATE SCHEMA v;
SET search_path = v;

CREATE DOMAIN label AS text NOT NULL;
CREATE DOMAIN tag AS text;
CREATE DOMAIN short_label AS label CHECK (length(VALUE) < 10);
CREATE TYPE mood AS ENUM ('happy', 'sad');
CREATE TYPE pair AS (left_one int, right_one int);

CREATE TABLE author (
    id int PRIMARY KEY,
    name text NOT NULL,
    bio text,
    mentor int,
    feeling mood,
    alias label
);
CREATE TABLE book (
    id int PRIMARY KEY,
    author_id int NOT NULL,
    title text NOT NULL,
    price numeric,
    pages int,
    tags text[],
    genres text[] NOT NULL,
    meta jsonb NOT NULL,
    extra jsonb,
    added timestamptz NOT NULL,
    day date NOT NULL,
    span int4range NOT NULL,
    sold boolean,
    size pair
);
CREATE TABLE shop (
    id bigint PRIMARY KEY,
    name text
);
CREATE TABLE stock (
    book_id int NOT NULL,
    shop_id int NOT NULL,
    amount int,
    PRIMARY KEY (book_id, shop_id)
);
CREATE TABLE nothing (id int PRIMARY KEY, word text NOT NULL);
CREATE TABLE part (id int NOT NULL, word text NOT NULL) PARTITION BY LIST (id);
CREATE TABLE part_1 PARTITION OF part FOR VALUES IN (1);
CREATE TABLE part_2 PARTITION OF part FOR VALUES IN (2);

CREATE FUNCTION nobody(x int) RETURNS int LANGUAGE sql STRICT IMMUTABLE AS 'SELECT CASE WHEN x > 0 THEN NULL::int END';
CREATE FUNCTION same(x int) RETURNS int LANGUAGE sql STRICT IMMUTABLE AS 'SELECT x';
CREATE FUNCTION lenient(x int) RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';
CREATE FUNCTION few(x int) RETURNS SETOF int LANGUAGE sql AS 'SELECT x UNION ALL SELECT NULL';
CREATE FUNCTION odd_eq(mood, mood) RETURNS boolean LANGUAGE sql AS 'SELECT NULL::boolean';
CREATE OPERATOR === (FUNCTION = odd_eq, LEFTARG = mood, RIGHTARG = mood);

INSERT INTO author VALUES
    (1, 'a', NULL, NULL, NULL, 'x'), (2, '', 'poet', 1, 'sad', 'y'), (3, 'c', NULL, 2, 'happy', ''), (4, 'd', 'd', 9, NULL, 'z'),
    (5, 'e', 'e', NULL, NULL, 'w');
INSERT INTO book VALUES
    (1, 1, 'one', NULL, NULL, NULL, '{}', '{}', NULL, 'infinity', 'infinity', 'empty', NULL, NULL),
    (2, 1, '', 0, 0, '{}', '{a,NULL}', '{"a": null, "n": 1}', '{"a": null}', '-infinity', '-infinity', '(,)', false, '(,)'),
    (3, 2, 'three', 'NaN', 5, '{NULL}', '{x}', 'null', 'null', '2020-02-29', '2020-02-29', '[1,5)', true, '(1,)'),
    (4, 99, 'four', 1.5, -1, '{a}', '{}', '[]', '[1]', 'epoch', 'epoch', '[1,)', NULL, NULL),
    (6, 3, 'six', NULL, NULL, NULL, '{}', '{}', NULL, 'epoch', 'epoch', 'empty', NULL, NULL);
INSERT INTO shop VALUES (1, NULL), (2, 's'), (9, 't');
INSERT INTO stock VALUES (1, 1, NULL), (1, 2, 3), (3, 1, 0), (77, 78, NULL);
INSERT INTO part VALUES (1, 'a'), (2, 'b');

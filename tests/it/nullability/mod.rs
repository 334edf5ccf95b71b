//! View columns against real servers: what is proved is what was expected, and no row says otherwise.

mod cases;
mod expressions;
mod functions;
mod random;

use std::collections::{BTreeMap, BTreeSet};

use pgkeel::introspect::nullability::{FUNCTION_FACTS_SQL, Facts, VIEWS_SQL, ViewColumn, ViewRule, view_columns};
use pgkeel::scratch;
use sqlx::{AssertSqlSafe, PgConnection, Row};

use crate::support::database::every_server;

/// The FROM clause that the expressions are columns of.
const BOOKS: &str = "book b LEFT JOIN author a ON a.id = b.author_id";

#[test]
fn every_view_is_proved_as_far_as_it_can_be_and_no_row_contradicts() {
    on_every_server(async |connection, major| {
        make_schema(connection, major).await;
        let expressions = expressions::EXPRESSIONS.iter();
        let expressions = expressions.map(|(columns, expected)| (format!("SELECT {columns} FROM {BOOKS}"), *expected));
        let queries = cases::ROWS
            .iter()
            .chain(cases::SETS)
            .map(|(query, expected)| ((*query).to_owned(), *expected));
        let queries: Vec<(String, &str)> = queries.chain(expressions).collect();
        for (number, (query, expected)) in queries.iter().enumerate() {
            let created = create_view(connection, number, query, expected.len()).await;
            created.unwrap_or_else(|error| panic!("{error}: {query}"));
        }
        let proved = prove(connection).await;
        let mut wrong = Vec::new();
        for (number, (query, expected)) in queries.iter().enumerate() {
            let columns = &proved[&format!("view_{number}")];
            let nulls = nulls(connection, number, columns.len())
                .await
                .unwrap_or_else(|error| panic!("{error}: {query}"));
            let marks = columns
                .iter()
                .zip(&nulls)
                .map(|(column, &null)| match (column.never_null, null) {
                    (true, false) => '!',
                    (true, true) => 'X',
                    (false, true) => '?',
                    (false, false) => '~',
                });
            let marks: String = marks.collect();
            if marks != *expected {
                wrong.push(format!("expected {expected}, found {marks} of {query}"));
            }
        }
        // The same over tables without a row: aggregates, outer joins and scalar subqueries find nothing.
        let tables = "author, book, shop, stock, nothing, base, lax, part";
        run(connection, &format!("BEGIN; TRUNCATE {tables}")).await;
        for (number, (query, _)) in queries.iter().enumerate() {
            let columns = &proved[&format!("view_{number}")];
            let nulls = nulls(connection, number, columns.len())
                .await
                .unwrap_or_else(|error| panic!("{error}: {query}"));
            if columns
                .iter()
                .zip(nulls)
                .any(|(column, null)| column.never_null && null)
            {
                wrong.push(format!("null without rows: {query}"));
            }
        }
        assert!(wrong.is_empty(), "PostgreSQL {major}:\n{}", wrong.join("\n"));
    });
}

#[test]
fn views_of_views_and_materialised_views_are_followed() {
    on_every_server(async |connection, major| {
        make_schema(connection, major).await;
        run(
            connection,
            "CREATE VIEW top AS SELECT 1 AS n;
             CREATE VIEW lower AS SELECT a.id, a.bio, b.id AS book, b.title || '' AS title FROM author a LEFT JOIN book b
                 ON b.author_id = a.id;
             CREATE MATERIALIZED VIEW middle AS SELECT l.id AS a, l.book AS b, l.title AS c FROM lower l WHERE l.book > 0;
             CREATE OR REPLACE VIEW top AS SELECT m.a AS n, m.b, m.c, l.id, l.book, l.bio FROM middle m
                 LEFT JOIN lower l ON l.id = m.a + 1;
             CREATE VIEW safe WITH (security_barrier) AS SELECT n, b FROM top;",
        )
        .await;
        let proved = prove(connection).await;
        let marks = |view: &str| proved[view].iter().map(|column| column.never_null).collect::<Vec<_>>();
        assert_eq!(marks("lower"), [true, false, false, false]);
        // The title is made by an expression of its own, which no condition on another column proves.
        assert_eq!(marks("middle"), [true, true, false]);
        assert_eq!(marks("top"), [true, true, false, false, false, false]);
        assert_eq!(marks("safe"), [true, true]);

        let oids = sqlx::raw_sql("SELECT relname::text, oid FROM pg_class WHERE relnamespace = 'v'::regnamespace");
        let oids = oids.fetch_all(&mut *connection).await.unwrap();
        let oids: BTreeMap<String, u32> = oids.iter().map(|row| (row.get(0), oid(row, 1))).collect();
        assert_eq!(proved["safe"][1].origin, Some((oids["top"], 2)));
        assert_eq!(proved["safe"][1].base, Some((oids["book"], 1)));
        assert_eq!(proved["top"][5].origin, Some((oids["lower"], 2)));
        assert_eq!(proved["top"][5].base, Some((oids["author"], 3)));
        assert_eq!(proved["middle"][2].origin, Some((oids["lower"], 4)));
        assert_eq!(proved["middle"][2].base, None);
    });
}

#[test]
fn what_changes_in_the_tables_changes_the_views() {
    on_every_server(async |connection, major| {
        make_schema(connection, major).await;
        run(
            connection,
            "CREATE VIEW w AS SELECT name, alias, NULL::text::tag AS t FROM author",
        )
        .await;
        let marks = async |connection: &mut PgConnection| {
            prove(connection).await["w"]
                .iter()
                .map(|column| column.never_null)
                .collect::<Vec<_>>()
        };
        assert_eq!(marks(connection).await, [true, true, false]);
        run(
            connection,
            "ALTER TABLE author ALTER name DROP NOT NULL; ALTER DOMAIN label DROP NOT NULL",
        )
        .await;
        assert_eq!(marks(connection).await, [false, false, false]);
        if major >= 18 {
            run(connection, "UPDATE author SET name = NULL WHERE id = 1").await;
            run(
                connection,
                "ALTER TABLE author ADD CONSTRAINT named NOT NULL name NOT VALID",
            )
            .await;
            assert_eq!(marks(connection).await, [false, false, false]);
            run(
                connection,
                "UPDATE author SET name = ''; ALTER TABLE author VALIDATE CONSTRAINT named",
            )
            .await;
            assert_eq!(marks(connection).await, [true, false, false]);
        }
    });
}

#[test]
fn functions_of_known_extensions_are_believed() {
    on_every_server(async |connection, _| {
        let extensions = [r#""uuid-ossp""#, "pgcrypto", "citext", "pg_trgm", "unaccent"];
        let create = extensions.map(|name| format!("CREATE EXTENSION {name};")).concat();
        run(connection, &format!("CREATE SCHEMA v; SET search_path = v; {create}")).await;
        run(
            connection,
            "CREATE TABLE t (c citext NOT NULL, d citext);
             INSERT INTO t VALUES ('', NULL), ('A', 'a');
             CREATE VIEW view_0 (c0, c1, c2, c3, c4, c5, c6, c7, c8) AS SELECT uuid_generate_v4(), digest(c, 'md5'),
                 crypt(c, gen_salt('md5')), c = 'a', c ~~ 'a', similarity(c, ''), unaccent(c), c || 'x', d = c FROM t;
             CREATE VIEW view_1 (c0) AS SELECT d FROM t WHERE d = 'A'",
        )
        .await;
        let proved = prove(connection).await;
        let marks = |view: &str| proved[view].iter().map(|column| column.never_null).collect::<Vec<_>>();
        assert_eq!(marks("view_0"), [[true; 8].as_slice(), &[false]].concat());
        assert_eq!(
            nulls(connection, 0, 9).await.unwrap(),
            [[false; 8].as_slice(), &[true]].concat()
        );
        assert_eq!(marks("view_1"), [true]);
    });
}

/// Runs a test on a fresh database of every server that can be had, one after the other.
fn on_every_server(test: impl AsyncFn(&mut PgConnection, u32)) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        for options in every_server() {
            let scratch = scratch::start(&options).await.unwrap();
            let mut connection = scratch.connect().await.unwrap();
            test(&mut connection, scratch.version() / 10_000).await;
            drop(connection);
            scratch.close().await.unwrap();
        }
    });
}

async fn make_schema(connection: &mut PgConnection, major: u32) {
    run(connection, include_str!("schema.sql")).await;
    // A child that does without its parent's NOT NULL: 18 asks for the parent's leave, before it was the child's affair.
    let lax = if major >= 18 {
        "CREATE TABLE base (id int NOT NULL, kept text NOT NULL NO INHERIT, loose text); CREATE TABLE lax () INHERITS (base)"
    } else {
        "CREATE TABLE base (id int NOT NULL, kept text NOT NULL, loose text); CREATE TABLE lax () INHERITS (base);
         ALTER TABLE lax ALTER kept DROP NOT NULL"
    };
    run(connection, lax).await;
    run(
        connection,
        "INSERT INTO base VALUES (1, 'k', NULL), (2, 'l', 'm'); INSERT INTO lax VALUES (3, NULL, NULL)",
    )
    .await;
}

async fn run(connection: &mut PgConnection, sql: &str) {
    let result = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(connection).await;
    result.unwrap_or_else(|error| panic!("{error}\n{sql:.400}"));
}

/// Makes `query`, of as many columns, the view of that number, with columns `c0`, `c1`, …
async fn create_view(connection: &mut PgConnection, number: usize, query: &str, columns: usize) -> sqlx::Result<()> {
    let sql = format!("CREATE VIEW view_{number} ({}) AS {query}", names(columns).join(", "));
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await.map(|_| ())
}

fn names(columns: usize) -> Vec<String> {
    (0..columns).map(|column| format!("c{column}")).collect()
}

/// Whether each column of the view of that number is null in some row.
async fn nulls(connection: &mut PgConnection, number: usize, columns: usize) -> sqlx::Result<Vec<bool>> {
    // A row of nulls IS NULL, but it is there: num_nulls counts what a client sees.
    let test = |name: &String| format!("coalesce(bool_or(num_nulls({name}) = 1), false)");
    let tests: Vec<String> = names(columns).iter().map(test).collect();
    let sql = format!("SELECT {} FROM view_{number}", tests.join(", "));
    let row = sqlx::raw_sql(AssertSqlSafe(sql)).fetch_one(connection).await?;
    (0..columns).map(|column| row.try_get(column)).collect()
}

/// What is proved of every view of the schema `v`, by name.
async fn prove(connection: &mut PgConnection) -> BTreeMap<String, Vec<ViewColumn>> {
    let facts = facts(connection).await;
    let rows = sqlx::raw_sql(VIEWS_SQL).fetch_all(&mut *connection).await.unwrap();
    let rows: Vec<(u32, String)> = rows.iter().map(|row| (oid(row, 0), row.get(1))).collect();
    let rules: Vec<_> = rows
        .iter()
        .map(|(relation, action)| ViewRule {
            relation: *relation,
            action,
        })
        .collect();
    let mut proved = view_columns(&rules, &facts);
    let names =
        "SELECT relname::text, oid FROM pg_class WHERE relnamespace = 'v'::regnamespace AND relkind IN ('v', 'm')";
    let names = sqlx::raw_sql(names).fetch_all(connection).await.unwrap();
    names
        .iter()
        .map(|row| (row.get(0), proved.remove(&oid(row, 1)).unwrap().unwrap()))
        .collect()
}

async fn facts(connection: &mut PgConnection) -> Facts {
    let columns = sqlx::raw_sql(include_str!("facts.sql"))
        .fetch_all(&mut *connection)
        .await
        .unwrap();
    let domains = "SELECT oid FROM pg_type t WHERE typtype = 'd' AND (typnotnull OR EXISTS (
        SELECT FROM pg_type b WHERE b.oid = t.typbasetype AND b.typnotnull))";
    let domains = sqlx::raw_sql(domains).fetch_all(&mut *connection).await.unwrap();
    let functions = sqlx::raw_sql(FUNCTION_FACTS_SQL).fetch_one(connection).await.unwrap();
    let list = |column: usize| -> BTreeSet<u32> {
        let text: Option<String> = functions.get(column);
        text.unwrap_or_default()
            .split(',')
            .filter(|oid| !oid.is_empty())
            .map(|oid| oid.parse().unwrap())
            .collect()
    };
    Facts {
        never_null: columns.iter().map(|row| (oid(row, 0), row.get::<i16, _>(1))).collect(),
        not_null_domains: domains.iter().map(|row| oid(row, 0)).collect(),
        strict_functions: list(0),
        total_functions: list(1),
    }
}

fn oid(row: &sqlx::postgres::PgRow, column: usize) -> u32 {
    row.get::<sqlx::postgres::types::Oid, _>(column).0
}

//! Rare kinds of objects are read back exactly, from servers of every major.

use std::path::Path;

use pgkeel::catalog::Catalog;
use pgkeel::catalog::scope::Scope;
use pgkeel::diagnostic::Diagnostic;
use pgkeel::introspect::{self, Depth};
use pgkeel::scratch::{self, Scratch, SqlFile};

use super::support::database::{database, database_on, every_server};

/// The sections that these tests are about.
const SECTIONS: &[&str] = &[
    "roles",
    "memberships",
    "languages",
    "access_methods",
    "transforms",
    "collations",
    "conversions",
    "casts",
    "operators",
    "operator_families",
    "operator_classes",
    "text_search_parsers",
    "text_search_templates",
    "text_search_dictionaries",
    "text_search_configurations",
    "foreign_data_wrappers",
    "servers",
    "user_mappings",
    "rules",
    "triggers",
    "event_triggers",
    "policies",
    "publications",
    "publication_tables",
    "publication_schemas",
    "subscriptions",
    "grants",
    "default_privileges",
    "comments",
    "security_labels",
    "edges",
    "unmodelled",
];

pub(crate) const OBJECTS: &str = include_str!("introspect/objects.sql");

#[tokio::test]
async fn every_major_gives_the_same_rows() {
    for server in every_server() {
        let scratch = database_on(&server, OBJECTS).await;
        let (catalog, _) = read(&scratch).await;
        check("objects.txt", &catalog);
    }
}

#[tokio::test]
async fn what_newer_majors_added_is_read() {
    for server in every_server() {
        let scratch = database_on(
            &server,
            "create schema app; create table app.items (id int primary key, code text);",
        )
        .await;
        let mut expected = Vec::new();
        for (since, sql, rows) in NEWER {
            if scratch.version() / 10_000 >= *since {
                let file = SqlFile {
                    path: "newer.sql".into(),
                    text: (*sql).to_owned(),
                };
                let mut connection = scratch.connect().await.unwrap();
                scratch::replay(&mut connection, &[file]).await.unwrap();
                expected.extend_from_slice(rows);
            }
        }
        let (catalog, _) = read(&scratch).await;
        let found = rows(&catalog);
        let missing = expected
            .iter()
            .filter(|row| !found.contains(&format!("{row}\n")))
            .collect::<Vec<_>>();
        assert!(
            missing.is_empty(),
            "PostgreSQL {}: {missing:#?}\n{found}",
            scratch.version()
        );
    }
}

/// What a major added: the SQL that uses it, and the rows that it gives.
const NEWER: &[(u32, &str, &[&str])] = &[
    (
        13,
        "create extension cube schema app;
        create extension earthdistance schema app;
        create extension pgstattuple schema app;
        create function app.member() returns int language sql as 'select 1';
        alter function app.member() depends on extension pgstattuple;
        create view app.uses as select tuple_count from app.pgstattuple('app.items');
        select lo_create(0);
        alter database postgres set work_mem = '5MB';
        create role a;
        create role b;
        alter operator family pg_catalog.integer_ops using hash add function 1 (text, text) hashtext(text);",
        &[
            r#"edges {"declared":true,"from":{"routine":{"arguments":"","name":"app.member"}},"to":{"extension":"pgstattuple"}}"#,
            r#"edges {"from":{"view":"app.uses"},"to":{"extension":"pgstattuple"}}"#,
            r#"edges {"from":{"extension":"earthdistance"},"to":{"extension":"cube"}}"#,
            r#"unmodelled {"kind":"large objects","name":"1"}"#,
            r#"unmodelled {"kind":"members of a built-in operator family","name":"pg_catalog.integer_ops using hash"}"#,
            r#"unmodelled {"kind":"setting","name":"database postgres work_mem"}"#,
        ],
    ),
    (
        14,
        "create subscription one connection 'host=x password=hunter2' publication p
            with (connect = false, slot_name = none, binary = true, streaming = on);
        create function app.body(a int) returns bigint begin atomic select count(*) from app.items where id = a; end;",
        &[
            r#"edges {"from":{"routine":{"arguments":"integer","name":"app.body"}},"to":{"column":["app.items","id"]}}"#,
        ],
    ),
    (
        15,
        "create publication part for table app.items (id) where (id > 5 and code <> '');
        create publication whole for tables in schema app;
        grant set on parameter work_mem to a;",
        &[
            r#"publication_tables {"columns":["id"],"filter":"((id > 5) AND (code <> ''::text))","publication":"part","relation":"app.items"}"#,
            r#"publication_schemas {"publication":"whole","schema":"app"}"#,
            r#"edges {"from":{"publication_table":["part","app.items"]},"to":{"column":["app.items","code"]}}"#,
            r#"unmodelled {"kind":"privileges on parameter","name":"work_mem"}"#,
        ],
    ),
    (
        16,
        "create collation app.ruled (provider = icu, locale = 'und', rules = '& a < g');
        alter subscription one set (password_required = false, run_as_owner = true, origin = none, streaming = parallel);
        grant a to b with inherit false, set false;
        grant select on app.items to b;",
        &[
            r#"memberships {"grantor":"postgres","inherit":false,"member":"b","role":"a","set":false}"#,
            r#"collations {"locale":"und","name":"app.ruled","owner":"postgres","provider":"icu","rules":"& a < g"}"#,
            r#"subscriptions {"name":"one","options":["binary=true","origin=none","password_required=false","run_as_owner=true","streaming=parallel"],"owner":"postgres","publications":["p"]}"#,
        ],
    ),
    (
        17,
        "create collation app.built (provider = builtin, locale = 'C.UTF-8');
        grant maintain on app.items to a;",
        &[
            r#"collations {"locale":"C.UTF-8","name":"app.built","owner":"postgres","provider":"builtin"}"#,
            r#"grants {"grantee":"a","grantor":"postgres","object":{"table":"app.items"},"privileges":["maintain"]}"#,
        ],
    ),
    (
        18,
        "create publication all_columns for table app.items with (publish_generated_columns = stored);",
        &[
            r#"publications {"generated_columns":true,"name":"all_columns","owner":"postgres","publish":["insert","update","delete","truncate"]}"#,
        ],
    ),
];

#[tokio::test]
async fn no_secret_is_read() {
    let scratch = database(OBJECTS).await;
    let (catalog, diagnostics) = read(&scratch).await;
    let text = pgkeel::snapshot::render(&catalog).unwrap();
    assert!(OBJECTS.contains("hunter2"));
    assert!(!text.contains("hunter2"));
    assert!(!format!("{diagnostics:?}").contains("hunter2"));
    assert!(
        text.contains("private_key") && text.contains("api_key"),
        "names of options are no secrets"
    );
}

/// Reads everything.
pub(crate) async fn read(scratch: &Scratch) -> (Catalog, Vec<Diagnostic>) {
    let mut connection = scratch.connect().await.unwrap();
    introspect::read(&mut connection, &Scope::default(), Depth::Whole)
        .await
        .unwrap()
}

/// Compares the catalog's rows, one a line, with a file of expected ones; `PGKEEL_BLESS=1` writes the file.
pub(crate) fn check(file: &str, catalog: &Catalog) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden/introspect")
        .join(file);
    let mut found = rows(catalog);
    if std::env::var_os("PGKEEL_BLESS").is_some() {
        std::fs::write(&path, &found).unwrap();
    }
    let mut expected = std::fs::read_to_string(&path).unwrap();
    // PostgreSQL 13 shows less of subscriptions.
    if catalog.server.major == 13 {
        for text in [&mut expected, &mut found] {
            let lines = text.split_inclusive('\n').filter(|line| !line.contains("subscription"));
            *text = lines.collect();
        }
    }
    let differences = similar::TextDiff::from_lines(&expected, &found);
    let differences = differences.unified_diff().context_radius(0).to_string();
    assert!(
        differences.is_empty(),
        "{}: PostgreSQL {}\n{differences}",
        path.display(),
        catalog.server.major
    );
}

/// The rows of the sections that these tests are about, one a line.
fn rows(catalog: &Catalog) -> String {
    let catalog = serde_json::to_value(catalog).unwrap();
    let mut text = String::new();
    for section in SECTIONS {
        for row in catalog[section].as_array().into_iter().flatten() {
            text += &format!("{section} {row}\n");
        }
    }
    text
}

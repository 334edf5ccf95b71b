//! Rare kinds of objects are read back exactly, from servers of every major.

use std::path::Path;

use pgkeel::catalog::Catalog;
use pgkeel::catalog::scope::Scope;
use pgkeel::diagnostic::Diagnostic;
use pgkeel::introspect::{self, Depth};
use pgkeel::scratch::Scratch;

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

const OBJECTS: &str = include_str!("introspect/objects.sql");

#[tokio::test]
async fn every_major_gives_the_same_rows() {
    for server in every_server() {
        let scratch = database_on(&server, OBJECTS).await;
        let (catalog, _) = read(&scratch).await;
        check("objects.txt", &catalog);
    }
}

#[tokio::test]
async fn no_secret_is_read() {
    let scratch = database(OBJECTS).await;
    let (catalog, diagnostics) = read(&scratch).await;
    let text = serde_json::to_string(&catalog).unwrap();
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
    let catalog = serde_json::to_value(catalog).unwrap();
    let mut found = String::new();
    for section in SECTIONS {
        for row in catalog[section].as_array().into_iter().flatten() {
            found += &format!("{section} {row}\n");
        }
    }
    if std::env::var_os("PGKEEL_BLESS").is_some() {
        std::fs::write(&path, &found).unwrap();
    }
    let mut expected = std::fs::read_to_string(&path).unwrap();
    // PostgreSQL 13 shows less of subscriptions.
    if catalog["server"]["major"] == 13 {
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
        catalog["server"]["major"]
    );
}

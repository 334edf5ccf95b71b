//! Other people's cases: every hazard that they name is found, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use pgkeel::catalog::Catalog;
use pgkeel::catalog::scope::{Depth, Scope};
use pgkeel::introspect;
use pgkeel::lint::{self, File, Known, Run};
use pgkeel::scratch::{Options, Scratch};
use serde_json::Value;

use crate::support::database::database_on;

#[tokio::test]
async fn other_peoples_cases_are_found_and_safe_ones_left() {
    let Some(corpus) = std::env::var_os("PGKEEL_CORPUS") else {
        println!("PGKEEL_CORPUS is not set: other people's migrations are not tested");
        return;
    };
    let path = std::path::PathBuf::from(corpus).join("hazards/cases.jsonl");
    let cases = std::fs::read_to_string(path).unwrap();
    let cases = cases
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .collect::<Vec<_>>();
    assert!(!cases.is_empty());
    let mut catalogs = BTreeMap::new();
    let (mut labels, mut missed, mut alarms) = (0, 0, 0);
    let mut failures = Vec::new();
    for case in &cases {
        let text = |key: &str| case[key].as_str().unwrap_or_default().to_owned();
        let schema = text("schema_sql");
        if !catalogs.contains_key(&schema) {
            catalogs.insert(schema.clone(), catalog(&schema).await);
        }
        let ids = |key: &str| {
            let ids = case[key].as_array().unwrap().iter();
            ids.map(|id| id.as_str().unwrap().to_owned()).collect::<BTreeSet<_>>()
        };
        let file = File {
            name: "migration.sql".into(),
            text: text("migration_sql"),
            run: if case["tx"].as_bool().unwrap() {
                Run::PerFile
            } else {
                Run::PerStatement
            },
            mark: None,
            whole: None,
            wanted: true,
        };
        let known = Known {
            catalog: Some(&catalogs[&schema]),
            ..Known::default()
        };
        let linted = lint::lint(&[file], &known);
        assert!(linted.is_complete, "{}: {:?}", text("id"), linted.notes);
        let found = linted
            .hits
            .iter()
            .map(|hit| hit.finding.rule.to_owned())
            .collect::<BTreeSet<_>>();
        let (wanted, tolerated) = (ids("hazards"), ids("also_ok"));
        labels += wanted.len();
        let absent = wanted.difference(&found).collect::<Vec<_>>();
        let other = found
            .iter()
            .filter(|id| !wanted.contains(*id) && !tolerated.contains(*id))
            .collect::<Vec<_>>();
        missed += absent.len();
        alarms += other.len();
        if !absent.is_empty() || !other.is_empty() {
            failures.push(format!("{}: missed {absent:?}, alarms {other:?}", text("id")));
        }
    }
    println!(
        "{} cases: {} of {labels} labels found, {alarms} other findings",
        cases.len(),
        labels - missed
    );
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

async fn catalog(schema: &str) -> Catalog {
    let scratch: Scratch = database_on(&Options::default(), schema).await;
    let mut connection = scratch.connect().await.unwrap();
    let (catalog, _) = introspect::read(&mut connection, &Scope::default(), Depth::Whole)
        .await
        .unwrap();
    scratch.close().await.unwrap();
    catalog
}

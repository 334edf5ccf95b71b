//! Hazards and what looks like them: all that is found in each, and that a server does what is said.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use pgkeel::catalog::Catalog;
use pgkeel::catalog::scope::{Depth, Scope};
use pgkeel::introspect;
use pgkeel::lint::{self, File, Known, Linted, Run};
use pgkeel::scratch::{Options, Scratch};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

use crate::support::database::database_on;
use crate::support::servers::{installable_majors, pg_bin, pg_dump};
use crate::support::toolchain::run;

const SCHEMA: &str = include_str!("schema.sql");

/// An old server, and the newest.
const MAJORS: [u32; 2] = [15, 18];

struct Case {
    name: String,
    file: File,
    rules: BTreeSet<String>,
    since: u32,
    before: u32,
}

#[tokio::test]
async fn all_that_is_wrong_is_found_and_a_server_does_what_is_said() {
    let cases = cases();
    assert!(cases.len() > 200, "{}", cases.len());
    let mut failures = Vec::new();
    for options in servers() {
        let scratch = database_on(&options, SCHEMA).await;
        let catalog = catalog(&scratch).await;
        let major = catalog.server.major;
        let known = Known {
            catalog: Some(&catalog),
            ..Known::default()
        };
        for (at, case) in cases.iter().enumerate() {
            if !(case.since..case.before).contains(&major) {
                continue;
            }
            let mut linted = lint::lint(std::slice::from_ref(&case.file), &known);
            let found = rules(&linted);
            if found != case.rules {
                failures.push(format!("{} on {major}: {found:?}, not {:?}", case.name, case.rules));
            }
            let mut copy = copy(&scratch, &format!("case_{at}")).await;
            let seen = lint::trace(&mut copy, &case.file).await.unwrap();
            let _ = copy.close().await;
            let notes = linted.notes.len();
            lint::observed(&mut linted, 0, &case.file, &seen);
            if rules(&linted) != found || linted.notes.len() > notes {
                failures.push(format!(
                    "{} on {major}: {found:?}, and what was seen says {:?}: {seen:#?}",
                    case.name,
                    rules(&linted)
                ));
            }
        }
        scratch.close().await.unwrap();
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// What a fix changes of the schema on purpose. DETACH CONCURRENTLY leaves a check of the bound behind.
const CHANGES: [&str; 4] = [
    "detach-partition-not-concurrent",
    "new-table-without-rls",
    "view-security-invoker-lost",
    "view-without-security-invoker",
];

#[tokio::test]
async fn what_is_fixed_makes_the_same_schema() {
    let mut failures = Vec::new();
    let mut fixed_cases = 0;
    for options in servers() {
        let scratch = database_on(&options, SCHEMA).await;
        let catalog = catalog(&scratch).await;
        let major = catalog.server.major;
        let known = Known {
            catalog: Some(&catalog),
            ..Known::default()
        };
        for (at, mut case) in cases().into_iter().enumerate() {
            // So that every fix has its place.
            case.file.run = Run::PerStatement;
            let linted = lint::lint(std::slice::from_ref(&case.file), &known);
            let hits = linted.hits.iter().collect::<Vec<_>>();
            let fixed = lint::fixed(&case.file, &hits);
            let is_meant = hits.iter().any(|hit| CHANGES.contains(&hit.finding.rule));
            let Some(text) = fixed
                .text
                .filter(|_| !is_meant && (case.since..case.before).contains(&major))
            else {
                continue;
            };
            let mended = File {
                text,
                ..case.file.clone()
            };
            let (before, fails) = dumped(&scratch, &format!("before_{at}"), &case.file).await;
            if fails.is_some() {
                continue;
            }
            fixed_cases += 1;
            let (after, fails) = dumped(&scratch, &format!("after_{at}"), &mended).await;
            if fails.is_some() || before != after {
                failures.push(format!("{} on {major}: {fails:?}\n{}", case.name, mended.text));
            }
        }
        scratch.close().await.unwrap();
    }
    assert!(fixed_cases > 20, "{fixed_cases}");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// The schema after a file, as pg_dump says it, and why it failed.
async fn dumped(scratch: &Scratch, name: &str, file: &File) -> (String, Option<String>) {
    let mut connection = copy(scratch, name).await;
    let seen = lint::trace(&mut connection, file).await.unwrap();
    connection.close().await.unwrap();
    let (url, options) = (scratch.url(), scratch.connect_options());
    let (server, settings) = url
        .rsplit_once(&format!("/{}", options.get_database().unwrap()))
        .unwrap();
    let url = format!("{server}/{name}{settings}");
    let mut dump = Command::new(pg_dump());
    dump.args(["--schema-only", "--restrict-key=same", "--dbname", &url]);
    (run(&mut dump).unwrap(), seen.into_iter().find_map(|one| one.error))
}

fn servers() -> Vec<Options> {
    let on = |major| Options {
        pg_bin: Some(pg_bin(major)),
        ..Options::default()
    };
    match installable_majors() {
        [] => vec![Options::default()],
        _ => MAJORS.map(on).into(),
    }
}

fn rules(linted: &Linted) -> BTreeSet<String> {
    let hits = linted.hits.iter();
    hits.map(|hit| hit.finding.rule.to_owned()).collect()
}

async fn catalog(scratch: &Scratch) -> Catalog {
    let mut connection = scratch.connect().await.unwrap();
    let scope = Scope::default();
    let (catalog, _) = introspect::read(&mut connection, &scope, Depth::Whole).await.unwrap();
    connection.close().await.unwrap();
    catalog
}

/// A copy of the database.
async fn copy(scratch: &Scratch, name: &str) -> PgConnection {
    let options = scratch.connect_options();
    let original = options.get_database().unwrap();
    let mut connection = scratch.connect().await.unwrap();
    let sql = format!("create database {name} template \"{original}\"");
    connection.execute(AssertSqlSafe(sql)).await.unwrap();
    connection.close().await.unwrap();
    PgConnection::connect_with(&options.clone().database(name))
        .await
        .unwrap()
}

fn cases() -> Vec<Case> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/lint/cases.sql");
    let text = std::fs::read_to_string(path).unwrap();
    text.split("\n-- case ").skip(1).map(case).collect()
}

fn case(text: &str) -> Case {
    let (head, sql) = text.split_once('\n').unwrap();
    let (head, rules) = head.rsplit_once(':').expect("rules behind a colon");
    let words = head.split(' ').collect::<Vec<_>>();
    let number = |word: &str, otherwise: u32| {
        let at = words.iter().rposition(|other| *other == word);
        let number = at.and_then(|at| words.get(at + 1)?.parse().ok());
        number.unwrap_or(otherwise)
    };
    let rules = rules.split(',').map(|rule| rule.trim().to_owned());
    Case {
        name: head.to_owned(),
        file: File {
            name: "case.sql".into(),
            text: format!("set lock_timeout = '2s';\n{sql}"),
            run: match words.contains(&"per-file") {
                true => Run::PerFile,
                false => Run::PerStatement,
            },
            mark: None,
            wanted: true,
        },
        rules: rules.filter(|rule| !rule.is_empty()).collect(),
        since: number("since", 0),
        before: number("before", u32::MAX),
    }
}

//! Every rule finds its case and leaves its near miss, and what it says of locks, rewrites and scans is what a server does.

use std::collections::BTreeSet;

use pgkeel::catalog::Catalog;
use pgkeel::catalog::scope::{Depth, Scope};
use pgkeel::ddl::{Effect, Hazard, LockMode};
use pgkeel::introspect;
use pgkeel::lint::{self, File, Known, Run, Seen};
use pgkeel::scratch::Options;

use crate::support::database::database_on;
use crate::support::findings::{RuleCase, rule_cases};

const SCHEMA: &str = include_str!("schema.sql");

/// What takes a folder that a test's server does not have.
const NOT_RUN: [&str; 1] = ["set-tablespace-rewrite"];
/// What fails before it locks anything.
const NOT_LOCKED: [&str; 1] = ["concurrently-in-transaction"];

struct Case {
    rule: String,
    finds: BTreeSet<String>,
    hit: File,
    near_miss: File,
}

#[tokio::test]
async fn every_rule_finds_its_case_and_leaves_its_near_miss() {
    let catalog = catalog().await;
    let cases = cases();
    let mut failures = Vec::new();
    for case in &cases {
        let found = found(&case.hit, &case.rule, &catalog);
        for subject in case.finds.iter().filter(|subject| !found.contains(subject)) {
            failures.push(format!("{}: {subject} is not found: {found:?}", case.rule));
        }
        let found = self::found(&case.near_miss, &case.rule, &catalog);
        if !found.is_empty() {
            failures.push(format!("{}: its near miss is hit: {found:?}", case.rule));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[tokio::test]
async fn what_rules_say_of_locks_rewrites_and_scans_is_what_a_server_does() {
    let mut failures = Vec::new();
    for case in cases() {
        let hazard = Hazard::named(&case.rule).unwrap();
        if NOT_RUN.contains(&hazard.id) || hazard.lock.is_none() {
            continue;
        }
        let seen = trace(&case.hit).await;
        let fails = seen.iter().find_map(|one| one.error.clone());
        if let Some(error) = fails {
            failures.push(format!("{}: {error}", case.rule));
            continue;
        }
        let locked = seen
            .iter()
            .flat_map(|one| one.locks.iter().flatten())
            .map(|(_, mode)| *mode)
            .max();
        let is_locked = locked >= hazard.lock.filter(|lock| *lock > LockMode::RowExclusive);
        if !is_locked && !NOT_LOCKED.contains(&hazard.id) {
            failures.push(format!(
                "{}: {:?} is claimed, {locked:?} was seen",
                case.rule, hazard.lock
            ));
        }
        if !does(&seen, hazard.effect) {
            failures.push(format!(
                "{}: {:?} is claimed, and was not seen: {seen:?}",
                case.rule, hazard.effect
            ));
        }
        if hazard.effect == Effect::Brief || hazard.effect == Effect::Scan && is_data(&case.rule) {
            continue;
        }
        let seen = trace(&case.near_miss).await;
        if let Some(error) = seen.iter().find_map(|one| one.error.clone()) {
            failures.push(format!("{}, near miss: {error}", case.rule));
        }
        // Nobody but a refresh writes to a materialised view.
        if stops_others(&seen) && case.rule != "refresh-matview-not-concurrent" {
            failures.push(format!("{}: its near miss does it too: {seen:?}", case.rule));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn is_data(rule: &str) -> bool {
    rule.ends_with("-without-where") || rule == "add-column-required"
}

fn does(seen: &[Seen], effect: Effect) -> bool {
    let rewrites = seen.iter().any(|one| !one.rewritten.is_empty());
    match effect {
        Effect::Brief => true,
        Effect::Scan => rewrites || seen.iter().any(|one| !one.scanned.is_empty()),
        Effect::Rewrite => rewrites,
    }
}

/// Whether something was written anew, or read as a whole while writers waited.
fn stops_others(seen: &[Seen]) -> bool {
    seen.iter().any(|one| {
        let lock = |table| one.locks.as_ref().and_then(|locks| locks.get(table));
        let stops = |table| lock(table).is_some_and(|lock| *lock >= LockMode::Share);
        !one.rewritten.is_empty() || one.scanned.iter().any(stops)
    })
}

async fn trace(file: &File) -> Vec<Seen> {
    let scratch = database_on(&Options::default(), SCHEMA).await;
    let mut connection = scratch.connect().await.unwrap();
    let mut observer = scratch.connect().await.unwrap();
    let seen = lint::trace(&mut connection, &mut observer, file).await.unwrap();
    scratch.close().await.unwrap();
    seen
}

async fn catalog() -> Catalog {
    let scratch = database_on(&Options::default(), SCHEMA).await;
    let mut connection = scratch.connect().await.unwrap();
    let (catalog, _) = introspect::read(&mut connection, &Scope::default(), Depth::Whole)
        .await
        .unwrap();
    scratch.close().await.unwrap();
    catalog
}

/// The subjects that a rule finds.
fn found(file: &File, rule: &str, catalog: &Catalog) -> Vec<String> {
    let known = Known {
        catalog: Some(catalog),
        ..Known::default()
    };
    let linted = lint::lint(std::slice::from_ref(file), &known);
    assert!(
        linted.is_complete || rule == "duplicate-column-assignment",
        "{rule}: {:?}",
        linted.notes
    );
    let hits = linted.hits.into_iter().filter(|hit| hit.finding.rule == rule);
    hits.map(|hit| hit.finding.subject).collect()
}

fn cases() -> Vec<Case> {
    let observed = ["observed-rewrite", "observed-scan", "statement-fails"];
    let about = lint::about();
    let rules = about.iter().map(|about| about.id).filter(|id| !observed.contains(id));
    rule_cases("lint/rules", rules).into_iter().map(case).collect()
}

fn case(of: RuleCase) -> Case {
    let run = |text: &str| {
        text.lines()
            .find_map(|line| line.strip_prefix("-- run ").map(str::to_owned))
    };
    let file = |text: String, run: &str| File {
        name: "migration.sql".into(),
        text,
        run: match run {
            "per-file" => Run::PerFile,
            _ => Run::PerStatement,
        },
        mark: None,
        whole: None,
        wanted: true,
    };
    let of_hit = run(&of.hit).expect("how it runs");
    let of_miss = run(&of.near_miss).unwrap_or_else(|| of_hit.clone());
    Case {
        rule: of.rule,
        finds: of.finds,
        hit: file(of.hit, &of_hit),
        near_miss: file(of.near_miss, &of_miss),
    }
}

/// Types that a column changes from and to.
const RETYPINGS: &[(&str, &str)] = &[
    ("varchar(10)", "varchar(20)"),
    ("varchar(10)", "varchar(5)"),
    ("varchar(10)", "varchar"),
    ("varchar(10)", "text"),
    ("text", "varchar"),
    ("text", "varchar(10)"),
    ("text", "bpchar"),
    ("text", "char(10)"),
    ("char(3)", "bpchar"),
    ("char(3)", "char(5)"),
    ("char(3)", "text"),
    ("text[]", "varchar[]"),
    ("varchar(5)[]", "varchar(9)[]"),
    ("int", "bigint"),
    ("int", "oid"),
    ("smallint", "int"),
    ("numeric(8,2)", "numeric(10,2)"),
    ("numeric(8,2)", "numeric(10,3)"),
    ("numeric(8,2)", "numeric"),
    ("numeric", "numeric(8,2)"),
    ("timestamptz", "timestamptz(3)"),
    ("timestamptz(3)", "timestamptz(6)"),
    ("timestamptz(3)", "timestamp(3)"),
    ("timestamptz(3)", "timestamp(6)"),
    ("timestamptz(3)", "timestamp"),
    ("timestamptz", "timestamp"),
    ("timestamp(3)", "timestamptz(3)"),
    ("timestamp(3)", "timestamp"),
    ("time(2)", "time(4)"),
    ("interval(2)", "interval(4)"),
    ("timestamp", "timestamptz"),
    ("cidr", "inet"),
    ("inet", "cidr"),
    ("bit(3)", "varbit"),
    ("varbit(3)", "varbit(5)"),
    ("xml", "text"),
    ("json", "jsonb"),
    ("public.plain", "int"),
    ("int", "public.plain"),
    ("int", "public.percent"),
    ("public.colour", "text"),
    ("text", "text"),
];

#[tokio::test]
async fn a_column_is_written_anew_where_a_server_does_it() {
    let columns = RETYPINGS
        .iter()
        .enumerate()
        .map(|(at, (from, _))| format!("c{at} {from}"));
    let table = format!(
        "create table public.kinds ({});",
        columns.collect::<Vec<_>>().join(", ")
    );
    let scratch = database_on(&Options::default(), &format!("{SCHEMA}{table}")).await;
    let mut connection = scratch.connect().await.unwrap();
    let mut observer = scratch.connect().await.unwrap();
    let (catalog, _) = introspect::read(&mut connection, &Scope::default(), Depth::Whole)
        .await
        .unwrap();
    let mut failures = Vec::new();
    for zone in ["UTC", "Asia/Tokyo"] {
        for (at, (from, to)) in RETYPINGS.iter().enumerate() {
            let change = format!("alter table kinds alter c{at} type {to};");
            let file = File {
                name: "retype.sql".into(),
                text: format!("set timezone = '{zone}';\nbegin;\n{change}\nrollback;\n"),
                run: Run::PerStatement,
                mark: None,
                whole: None,
                wanted: true,
            };
            let seen = lint::trace(&mut connection, &mut observer, &file).await.unwrap();
            assert!(seen.iter().all(|one| one.error.is_none()), "{from} to {to}: {seen:?}");
            let is_rewritten = seen.iter().any(|one| !one.rewritten.is_empty());
            let is_found = !found(&file, "type-change-rewrite", &catalog).is_empty();
            if is_found != is_rewritten {
                failures.push(format!(
                    "{from} to {to} in {zone}: found {is_found}, seen {is_rewritten}"
                ));
            }
        }
    }
    scratch.close().await.unwrap();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

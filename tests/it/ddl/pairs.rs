//! Pairs of schemas, each turned into the other and made from nothing, on every major: the dumps are the same.

use std::path::Path;
use std::process::Command;
use std::{env, fs};

use pgkeel::catalog::Catalog;
use pgkeel::catalog::scope::{Depth, Scope};
use pgkeel::scratch::{Options, Scratch};
use pgkeel::{introspect, migrate};
use sqlx::Executor;

use crate::support::database::{database_on, every_server};
use crate::support::servers::pg_dump;
use crate::support::toolchain::run;

/// The roles that the pairs name.
const ROLES: &str = "create role a; create role b; create role c; create role d; create role own; create role r1;
    create role r2; create role \"Odd Role\"; create role o superuser;";

#[tokio::test]
async fn routines() {
    both_ways("routines").await;
}

#[tokio::test]
async fn triggers_and_rules() {
    both_ways("triggers").await;
}

#[tokio::test]
async fn what_depends_on_what_changes() {
    both_ways("dependents").await;
}

#[tokio::test]
async fn partitions_and_policies() {
    both_ways("partitions").await;
}

#[tokio::test]
async fn owners_and_rights() {
    both_ways("rights").await;
}

#[tokio::test]
async fn publications_and_subscriptions() {
    both_ways("replication").await;
}

/// Turns the one side of a pair into the other, back, and makes both from nothing.
async fn both_ways(pair: &str) {
    for server in every_server() {
        let (before, after) = (side(&server, pair, "before").await, side(&server, pair, "after").await);
        let empty = database_on(&server, ROLES).await;
        let (old, new) = (read(&before).await, read(&after).await);
        let (old_dump, new_dump) = (dump(&before), dump(&after));
        turn_into(&empty, &old, &old_dump).await;
        turn_into(&empty, &new, &new_dump).await;
        turn_into(&before, &new, &new_dump).await;
        turn_into(&after, &old, &old_dump).await;
    }
}

/// One side of a pair. A line that begins with `--14: ` is for servers since that major.
async fn side(server: &Options, pair: &str, side: &str) -> Scratch {
    let path = format!("tests/it/ddl/pairs/{pair}.{side}.sql");
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
    let major = database_on(server, "").await.version() / 10_000;
    let lines = text.lines().filter_map(|line| {
        let gated = line.strip_prefix("--").and_then(|line| line.split_once(": "));
        match gated.and_then(|(since, line)| Some((since.parse::<u32>().ok()?, line))) {
            Some((since, line)) => (major >= since).then_some(line),
            None => Some(line),
        }
    });
    database_on(server, &[ROLES].into_iter().chain(lines).collect::<Vec<_>>().join("\n")).await
}

async fn read(scratch: &Scratch) -> Catalog {
    let mut connection = scratch.connect().await.unwrap();
    let scope = Scope::default();
    let (catalog, _) = introspect::read(&mut connection, &scope, Depth::Whole).await.unwrap();
    catalog
}

/// Runs what turns a database into another, and checks that nothing is left to do and that the dump is the other's.
async fn turn_into(scratch: &Scratch, to: &Catalog, wanted: &[String]) {
    let from = read(scratch).await;
    let plan = migrate::plan(&from, to, &migrate::Options::default()).unwrap();
    let version = scratch.version();
    let mut connection = scratch.connect().await.unwrap();
    connection
        .execute("set search_path = ''; set check_function_bodies = off")
        .await
        .unwrap();
    for segment in plan.segments() {
        let is_transaction = migrate::render::is_transaction(segment);
        let statements = segment.iter().map(|step| step.statement.sql.as_str());
        let [begin, commit] = ["begin", "commit"].map(|word| is_transaction.then_some(word));
        for sql in begin.into_iter().chain(statements).chain(commit) {
            let outcome = connection.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(sql))).await;
            outcome.unwrap_or_else(|error| panic!("PostgreSQL {version}: {error}\n{sql}"));
        }
    }
    let left = migrate::plan(&read(scratch).await, to, &migrate::Options::default()).unwrap();
    assert!(left.is_empty(), "PostgreSQL {version}: {left:?}");
    let found = dump(scratch);
    let without = |lines: &[String], other: &[String]| {
        let lines = lines.iter().filter(|line| !other.contains(line));
        lines.cloned().collect::<Vec<_>>()
    };
    assert_eq!(
        (without(&found, wanted), without(wanted, &found)),
        (Vec::new(), Vec::new()),
        "PostgreSQL {version}: too much, and too little"
    );
    assert_eq!(found, wanted, "PostgreSQL {version}");
}

/// What `pg_dump` says of the schema, sorted: the order of grants and of some lists is not the schema's.
fn dump(scratch: &Scratch) -> Vec<String> {
    let mut command = Command::new(pg_dump());
    command.args(["--schema-only", "--dbname", &scratch.url()]);
    let text = run(&mut command).unwrap();
    let lines = text
        .lines()
        .filter(|line| !line.starts_with("--") && !line.starts_with('\\'));
    let mut lines = lines.map(str::to_owned).collect::<Vec<_>>();
    lines.sort();
    lines
}

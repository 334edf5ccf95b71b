//! Other people's schemas, made from nothing, removed, and changed in a handful of places.
//!
//! `PGKEEL_CASE=text` tries those alone with the text in their names.

use std::path::Path;
use std::process::Command;

use pgkeel::catalog::Catalog;
use pgkeel::catalog::scope::{Platform, Scope};
use pgkeel::scratch::{self, Options, Scratch};

use super::{Dump, apply, client, dump, dump_without, feed, migration_between, read, same};
use crate::support::corpus::schemas;
use crate::support::database::database_from;
use crate::support::servers::psql;
use crate::support::toolchain::run;

/// Statements that change a schema here and there: every n-th thing of a kind, so that it is the same each time.
const CHANGES: &str = include_str!("changes.sql");

#[tokio::test]
async fn every_schema_is_made_removed_and_changed() {
    let mut failures = Vec::new();
    let files = schemas();
    let chosen = std::env::var("PGKEEL_CASE").unwrap_or_default();
    for path in &files {
        if !path.to_string_lossy().contains(&chosen) {
            continue;
        }
        let name = path.file_stem().unwrap().to_string_lossy();
        for (what, outcome) in turned(path).await {
            println!("{name}, {what}: {}", outcome.as_ref().map_or("differs", |()| "ok"));
            failures.extend(outcome.err().map(|error| format!("{name}, {what}: {error}")));
        }
    }
    println!("{} schemas", files.len());
    let list = failures
        .iter()
        .map(|failure| failure.chars().take(3000).collect::<String>());
    assert!(
        failures.is_empty(),
        "{} fail:\n{}",
        failures.len(),
        list.collect::<Vec<_>>().join("\n\n")
    );
}

/// What came of a schema's ways.
async fn turned(path: &Path) -> Vec<(&'static str, Result<(), String>)> {
    let original = database_from(path).await;
    let name = path.file_stem().unwrap().to_string_lossy();
    let platform = name.starts_with("sb_").then_some(Platform::Supabase);
    let scope = Scope {
        platform,
        ..Scope::default()
    };
    let options = Options {
        platform: platform.map_or(scratch::Platform::None, |_| scratch::Platform::Supabase),
        ..Options::default()
    };
    let left_out = platform.map_or(&[] as &[&str], Platform::schemas);
    let whole = dump_without(left_out, &original).unwrap();
    // The roles of both sides are the same: they are the server's.
    let empty = scratch::start(&options).await.unwrap();
    feed(client(psql(), &empty), &roles(&original), false).unwrap();
    let nothing = dump_without(left_out, &empty).unwrap();
    let (nothing_read, read_whole) = (
        read(&empty, &scope).await.unwrap(),
        read(&original, &scope).await.unwrap(),
    );

    let changed = copy(&options, &original, &dump(&original).unwrap()).await;
    let changes =
        run(client(psql(), &changed).args(["--no-psqlrc", "--tuples-only", "--no-align", "--command", CHANGES]));
    feed(client(psql(), &changed), &changes.unwrap(), false).unwrap();
    let changed_dump = dump_without(left_out, &changed).unwrap();
    assert_ne!(changed_dump.entries, whole.entries, "{name}: nothing was changed");
    let changed_read = read(&changed, &scope).await.unwrap();

    let mut outcomes = Vec::new();
    let made = turn_into(&empty, &nothing_read, &original, &read_whole, &whole, &scope).await;
    outcomes.push(("empty → X", made));
    let there = turn_into(&original, &read_whole, &changed, &changed_read, &changed_dump, &scope).await;
    outcomes.push(("X → X'", there));
    let fresh_empty = scratch::start(&options).await.unwrap();
    feed(client(psql(), &fresh_empty), &roles(&changed), false).unwrap();
    let removed = turn_into(&changed, &changed_read, &fresh_empty, &nothing_read, &nothing, &scope).await;
    outcomes.push(("X' → empty", removed));
    outcomes
}

async fn turn_into(
    scratch: &Scratch,
    from: &Catalog,
    to: &Scratch,
    wanted: &Catalog,
    wanted_dump: &Dump,
    scope: &Scope,
) -> Result<(), String> {
    let sql = migration_between(scratch, from, wanted).await?;
    apply(scratch, &sql)?;
    same(scratch, to, wanted_dump).await?;
    let left = migration_between(scratch, &read(scratch, scope).await?, &read(to, scope).await?).await?;
    if left.is_empty() {
        Ok(())
    } else {
        Err(format!("planned again, it gives\n{left}"))
    }
}

/// Another database with the same schema.
async fn copy(options: &Options, original: &Scratch, whole: &Dump) -> Scratch {
    let copy = scratch::start(options).await.unwrap();
    feed(client(psql(), &copy), &roles(original), false).unwrap();
    feed(client(psql(), &copy), &whole.text, false).unwrap();
    copy
}

/// What makes the roles of a server.
fn roles(scratch: &Scratch) -> String {
    let sql = "select format('create role %I', rolname) || case when rolsuper then ' superuser' else '' end || ';'
        from pg_roles where rolname !~ '^pg_' order by rolname";
    let mut command: Command = client(psql(), scratch);
    run(command.args(["--no-psqlrc", "--tuples-only", "--no-align", "--command", sql])).unwrap()
}

//! Other people's pairs of schemas, each turned into the other and back.
//!
//! Each server gets a sixth of them by default, no two the same, and all with `PGKEEL_LONG=1`;
//! `PGKEEL_CASE=text` tries those alone with the text in their names.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use pgkeel::catalog::scope::Scope;
use pgkeel::migrate::prove::Grounds;
use pgkeel::migrate::spelling;
use pgkeel::scratch::{self, Options, Scratch};

use super::{apply, client, dump, feed, migration, migration_between, read, same, servers};
use crate::support::servers::psql;

/// How many of the cases stand for one that is tried by default.
const SHARE: usize = 6;
/// How many cases are tried at once.
const WORKERS: usize = 4;

/// What cannot be made as it is in the other database, with the first major of which that is so, and the reason.
const EXCEPTIONS: &[(&str, u32, &str)] = &[
    (
        "pg-delta/fdw-option-secret-redaction--multi-layer-fdw-schema",
        0,
        "options that may hold secrets are never printed",
    ),
    (
        "pgschema/create_table--issue_495_partition_constraint_convergence",
        18,
        "PostgreSQL renames no NOT NULL constraint of a partition that its parent has as well",
    ),
];

#[test]
fn every_case_becomes_the_other() {
    let cases = cases();
    let is_long = ["PGKEEL_LONG", "PGKEEL_CASE"]
        .iter()
        .any(|name| std::env::var_os(name).is_some());
    let share = if is_long { 1 } else { SHARE };
    let mut failures = Vec::new();
    for (turn, server) in servers().into_iter().enumerate() {
        let chosen = cases.iter().skip(turn % share).step_by(share).collect::<Vec<_>>();
        let next = AtomicUsize::new(0);
        let outcomes = std::thread::scope(|scope| {
            let workers = (0..WORKERS).map(|_| {
                scope.spawn(|| {
                    let runtime = tokio::runtime::Builder::new_current_thread()
                        .enable_all()
                        .build()
                        .unwrap();
                    let mut outcomes = Vec::new();
                    while let Some(case) = chosen.get(next.fetch_add(1, Ordering::Relaxed)) {
                        outcomes.push((*case, runtime.block_on(both_ways(&server, case))));
                    }
                    outcomes
                })
            });
            let workers = workers.collect::<Vec<_>>();
            workers
                .into_iter()
                .flat_map(|worker| worker.join().unwrap())
                .collect::<Vec<_>>()
        });
        failures.extend(judge(&server, major(&server), share, outcomes));
    }
    assert!(
        failures.is_empty(),
        "{} fail:\n{}",
        failures.len(),
        failures.join("\n\n")
    );
}

/// The major of the server.
fn major(server: &Options) -> u32 {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let scratch = runtime.block_on(scratch::start(server)).unwrap();
    scratch.version() / 10_000
}

/// Says how many cases were tried, and gives what is wrong with which.
fn judge(
    server: &Options,
    major: u32,
    share: usize,
    mut outcomes: Vec<(&PathBuf, Option<Result<(), String>>)>,
) -> Vec<String> {
    outcomes.sort_by_key(|(case, _)| *case);
    let tried = outcomes.iter().filter(|(_, outcome)| outcome.is_some()).count();
    let mut failures = Vec::new();
    for (case, outcome) in &outcomes {
        let name = name(case);
        let reason = EXCEPTIONS
            .iter()
            .find(|(case, since, _)| *case == name && *since <= major)
            .map(|(_, _, reason)| reason);
        match (outcome, reason) {
            (Some(Ok(())), Some(reason)) => failures.push(format!("{name} is no exception: {reason}")),
            (Some(Err(error)), None) => failures.push(format!("{name}: {error}")),
            _ => (),
        }
    }
    let which = if share == 1 {
        "all".to_owned()
    } else {
        format!("one in {share}, all with PGKEEL_LONG=1")
    };
    let server = server
        .pg_bin
        .as_ref()
        .map_or("the local server".to_owned(), |dir| dir.display().to_string());
    println!(
        "{server}: {tried} cases tried both ways, {} do not load ({which})",
        outcomes.len() - tried
    );
    let on_this = |failure: String| format!("{server}: {failure}");
    failures.into_iter().map(on_this).collect()
}

/// The folders with an `a.sql` and a `b.sql`, sorted.
fn cases() -> Vec<PathBuf> {
    let Some(corpus) = std::env::var_os("PGKEEL_CORPUS") else {
        println!("PGKEEL_CORPUS is not set: other people's pairs are not tested");
        return Vec::new();
    };
    let folders = |path: &Path| {
        let entries = std::fs::read_dir(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let paths = entries.map(|entry| entry.unwrap().path());
        paths.filter(|path| path.is_dir()).collect::<Vec<_>>()
    };
    let corpora = folders(&PathBuf::from(corpus).join("diff"));
    let mut cases = corpora.iter().flat_map(|path| folders(path)).collect::<Vec<_>>();
    cases.retain(|path| path.join("a.sql").exists() && path.join("b.sql").exists());
    cases.sort();
    if let Ok(text) = std::env::var("PGKEEL_CASE") {
        cases.retain(|case| name(case).contains(&text));
    }
    assert!(!cases.is_empty());
    cases
}

/// The case's folder and that of its corpus.
fn name(case: &Path) -> String {
    let mut parts = case.iter().rev().map(|part| part.to_string_lossy());
    let (case, corpus) = (parts.next().unwrap(), parts.next().unwrap());
    format!("{corpus}/{case}")
}

/// Turns both sides of a case into each other; nothing where one of them does not load here.
async fn both_ways(server: &Options, case: &Path) -> Option<Result<(), String>> {
    let a = side(server, case, "a.sql").await.ok()?;
    let b = side(server, case, "b.sql").await.ok()?;
    let there = turn_into(server, &a, &b)
        .await
        .map_err(|error| format!("there: {error}"));
    let back = async {
        let fresh = side(server, case, "a.sql").await?;
        turn_into(server, &b, &fresh)
            .await
            .map_err(|error| format!("back: {error}"))
    };
    let outcome = match (there, back.await) {
        (Ok(()), outcome) | (outcome, Ok(())) => outcome,
        (Err(there), Err(back)) => Err(format!("{there}\n{back}")),
    };
    Some(outcome)
}

async fn side(server: &Options, case: &Path, file: &str) -> Result<Scratch, String> {
    let scratch = scratch::start(server).await.map_err(|error| error.to_string())?;
    feed(client(psql(), &scratch), &roles(case), false)?;
    let sql = std::fs::read_to_string(case.join(file)).map_err(|error| error.to_string())?;
    apply(&scratch, &sql)?;
    Ok(scratch)
}

/// What makes the roles that a case takes for granted.
fn roles(case: &Path) -> String {
    #[derive(Default, serde::Deserialize)]
    struct Meta {
        #[serde(default)]
        roles: Vec<String>,
    }
    let text = std::fs::read_to_string(case.join("meta.json")).unwrap_or_else(|_| "{}".to_owned());
    let roles = serde_json::from_str::<Meta>(&text).unwrap().roles;
    let create = |role: &String| match role.starts_with('"') {
        true => format!("create role {role};\n"),
        false => format!("create role \"{role}\";\n"),
    };
    roles.iter().map(create).collect()
}

async fn turn_into(server: &Options, from: &Scratch, to: &Scratch) -> Result<(), String> {
    let wanted = dump(to)?;
    let sql = migration(from, to, &Scope::default()).await?;
    apply(from, &sql).map_err(|error| format!("{error}\n{sql}"))?;
    same(from, to, &wanted)
        .await
        .map_err(|error| format!("{error}\n{sql}"))?;
    let mut again = migration(from, to, &Scope::default()).await?;
    if !again.is_empty() {
        again = migration_as_spelled(server, from, to).await?;
    }
    if again.is_empty() {
        Ok(())
    } else {
        Err(format!("planned again, it gives\n{again}"))
    }
}

/// What turns a database into another, where expressions that are one are taken for one, as the binary takes them.
async fn migration_as_spelled(server: &Options, from: &Scratch, to: &Scratch) -> Result<String, String> {
    let scope = Scope::default();
    let (old, new) = (read(from, &scope).await?, read(to, &scope).await?);
    let grounds = Grounds::new(&scope, server);
    let old = spelling::alike(Cow::Owned(old), &new, &grounds)
        .await
        .map_err(|error| error.to_string())?;
    migration_between(from, &old, &new).await
}

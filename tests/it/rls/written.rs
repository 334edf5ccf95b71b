//! What pgkeel writes passes its own test, and broken it does not: whatever a probe notices, `rls test` notices.

use std::path::Path;

use pgkeel::config::load;
use serde_json::Value;
use sqlx::{AssertSqlSafe, PgConnection};

use super::mutants::broken;
use super::stubs::{Case, files, other_peoples};
use crate::diff::apply;

#[tokio::test]
async fn what_is_written_is_proved_by_breaking_it() {
    let chosen = ["abac", "append", "claim", "owner", "parties", "paths", "shares"];
    let is_chosen = |path: &&std::path::PathBuf| chosen.contains(&path.file_stem().unwrap().to_str().unwrap());
    let cases = files()
        .iter()
        .filter(is_chosen)
        .map(|path| Case::read(path))
        .collect::<Vec<_>>();
    assert_eq!(cases.len(), chosen.len());
    assert_caught(cases).await;
}

#[tokio::test]
async fn other_peoples_kinds_are_proved_by_breaking_them() {
    let Some(cases) = other_peoples() else {
        println!("PGKEEL_CORPUS is not set: other people's kinds are not broken");
        return;
    };
    assert_caught(cases).await;
}

/// All small schemas of the tests, by name: `PGKEEL_BROKEN=` for every one takes minutes.
#[tokio::test]
async fn whatever_is_written_is_proved_by_breaking_it() {
    let Ok(wanted) = std::env::var("PGKEEL_BROKEN") else {
        println!("PGKEEL_BROKEN is not set: only some of what is written is broken");
        return;
    };
    let mut cases = files().iter().map(|path| Case::read(path)).collect::<Vec<_>>();
    for text in [
        include_str!("wide/owners.sql"),
        include_str!("wide/tenants.sql"),
        include_str!("wide/machinery.sql"),
        include_str!("wide/plain.sql"),
        include_str!("wide/more.sql"),
    ] {
        cases.extend(Case::all(text));
    }
    cases.extend(other_peoples().unwrap_or_default());
    cases.retain(|case| wanted.is_empty() || case.name == wanted);
    assert_caught(cases).await;
}

async fn assert_caught(cases: Vec<Case>) {
    let (mut count, mut same, mut wrong) = (0, 0, Vec::new());
    for case in cases {
        let (scratch, _folder, _) = case.written(&[]).await;
        let config = load::parse(&case.config, Path::new("pgkeel.toml")).unwrap();
        let broken = broken(&scratch, &config.rls, &[]).await;
        wrong.extend(broken.leaks.iter().map(|leak| format!("{}: {leak:#?}", case.name)));
        apply(&scratch, &case.seed).unwrap();
        let mut conn = scratch.connect().await.unwrap();
        let before = probed(&mut conn, &case, "").await;
        count += broken.count;
        same += broken.missed.len();
        for mutant in &broken.missed {
            let after = probed(&mut conn, &case, &mutant.sql).await;
            // What is refused reaches as little as what finds nothing.
            let is_other = |a: &Value, b: &Value| a != b && (reaches(a) || reaches(b));
            let both = before.iter().zip(&after).zip(&case.probes);
            let differs = both.into_iter().find(|((a, b), _)| is_other(a, b));
            if let Some(((was, is), probe)) = differs {
                wrong.push(format!(
                    "{}: {}: {} gave {was}, and gives {is}",
                    case.name, mutant.name, probe.3
                ));
            }
        }
    }
    println!(
        "{count} mutants, {same} of them not noticed by the test, {} of those by a probe",
        wrong.len()
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn reaches(outcome: &Value) -> bool {
    outcome.as_u64().is_some_and(|rows| rows > 0)
}

/// What the probes give with something broken.
async fn probed(conn: &mut PgConnection, case: &Case, broken: &str) -> Vec<Value> {
    execute(conn, "begin").await;
    execute(conn, broken).await;
    let mut results = Vec::new();
    for probe in &case.probes {
        execute(conn, "savepoint probe").await;
        results.push(probe.run_within(conn).await);
        execute(conn, "rollback to savepoint probe").await;
    }
    execute(conn, "rollback").await;
    results
}

async fn execute(conn: &mut PgConnection, sql: &str) {
    let ran = sqlx::raw_sql(AssertSqlSafe(sql)).execute(conn).await;
    ran.unwrap_or_else(|error| panic!("{sql}: {error}"));
}

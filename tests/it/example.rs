//! The example project: its migrations replay on every server that Supabase has had, and what is committed beside them
//! is what they make.

use std::path::{Path, PathBuf};
use std::process::Command;

use pgkeel::introspect::Depth;
use pgkeel::scratch::{self, Options, Platform};
use pgkeel::snapshot;

use crate::support::database::every_server;
use crate::support::toolchain::run;

/// The oldest major that the example's migrations run on.
const OLDEST: u32 = 15;

#[tokio::test]
async fn the_migrations_replay_and_make_the_committed_snapshot() {
    let files = scratch::sql_files(&folder()).unwrap();
    assert!(!files.is_empty());
    let committed = snapshot::load(&folder().join("schema.snapshot.json"), Depth::Whole).unwrap();
    for options in every_server() {
        let server = scratch::start(&Options {
            platform: Platform::Supabase,
            ..options
        })
        .await
        .unwrap();
        if server.version() / 10_000 < OLDEST {
            continue;
        }
        let notes = scratch::replay(&mut server.connect().await.unwrap(), &files)
            .await
            .unwrap();
        assert_eq!(notes, [], "{}", server.describe());
        // Each major deparses views in its own way, but makes the same types of them.
        if committed.server.major == server.version() / 10_000 {
            assert_snapshot_is_fresh(&server.url(), server.describe());
        } else {
            println!(
                "the committed snapshot is of PostgreSQL {}: not compared with {}",
                committed.server.major,
                server.describe()
            );
        }
        run(&mut pgkeel(&["generate", "--source", &server.url(), "--check"])).unwrap();
    }
}

#[test]
fn the_committed_types_are_what_the_snapshot_makes() {
    run(&mut pgkeel(&[
        "generate",
        "--source",
        "schema.snapshot.json",
        "--check",
    ]))
    .unwrap();
    run(&mut pgkeel(&["generate", "--source", "migrations", "--check"])).unwrap();
}

fn assert_snapshot_is_fresh(url: &str, server: &str) {
    let out = tempfile::tempdir().unwrap();
    let fresh = out.path().join("fresh.json");
    run(&mut pgkeel(&[
        "pull",
        "--source",
        url,
        "--out",
        fresh.to_str().unwrap(),
    ]))
    .unwrap();
    let committed = std::fs::read_to_string(folder().join("schema.snapshot.json")).unwrap();
    let fresh = std::fs::read_to_string(fresh).unwrap();
    let diff = similar::TextDiff::from_lines(&committed, &fresh);
    let diff = diff.unified_diff().to_string();
    assert!(
        diff.is_empty(),
        "{server}: run `pgkeel pull --source migrations` in migrations-example\n{diff}"
    );
}

fn pgkeel(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pgkeel"));
    command.args(arguments).current_dir(folder());
    command
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations-example")
}

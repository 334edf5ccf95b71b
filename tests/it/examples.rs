//! The example projects: what is committed in them is what their migrations make, their languages' checkers have nothing to
//! say, and their own tests pass against a server.

use std::path::{Path, PathBuf};
use std::process::Command;

use pgkeel::introspect::Depth;
use pgkeel::scratch::{self, Options, Platform, Scratch};
use pgkeel::snapshot;

use crate::support::database::environment;
use crate::support::toolchain::{mypy, node, python_toolchain, run, target_dir};

#[tokio::test]
async fn axum_and_sqlx_with_types_from_build_rs() {
    let folder = folder("axum-sqlx");
    let scratch = replayed(&folder, "migrations", Platform::None).await;
    assert_is_fresh(&folder, "schema.snapshot.json", &scratch);
    run(Command::new(env!("CARGO"))
        .args(["test", "--quiet", "--locked", "--target-dir"])
        .arg(target_dir().join("golden-crate"))
        .env("RUSTFLAGS", "-Dwarnings")
        .envs(urls(&scratch))
        .current_dir(&folder))
    .unwrap_or_else(|said| panic!("{said}\nhint: `cargo update --workspace` in {}", folder.display()));
}

#[tokio::test]
async fn fastapi_with_pydantic_and_sqlalchemy() {
    let folder = folder("fastapi");
    let scratch = replayed(&folder, "migrations", Platform::None).await;
    assert_is_fresh(&folder, "schema.snapshot.json", &scratch);
    mypy("example-fastapi", &files(&folder, &["app", "tests"])).unwrap();
    run(Command::new(python_toolchain().join("bin/python"))
        .args(["-B", "-W", "error", "-m", "unittest"])
        .envs(urls(&scratch))
        .current_dir(&folder))
    .unwrap();
}

#[tokio::test]
async fn supabase_with_typescript() {
    let folder = folder("supabase-typescript");
    let scratch = replayed(&folder, "supabase/migrations", Platform::Supabase).await;
    assert_is_fresh(&folder, "supabase/schema.snapshot.json", &scratch);
    let files = files(&folder, &["src", "test"]);
    node("example-supabase", &files, "test/notes.test", &environment(&scratch)).unwrap();
}

/// A scratch database that the migrations of an example have made.
async fn replayed(folder: &Path, migrations: &str, platform: Platform) -> Scratch {
    let options = Options {
        platform,
        ..Options::default()
    };
    let scratch = scratch::start(&options).await.unwrap();
    let files = scratch::sql_files(&folder.join(migrations)).unwrap();
    let notes = scratch::replay(&mut scratch.connect().await.unwrap(), &files)
        .await
        .unwrap();
    assert_eq!(notes, []);
    scratch
}

/// Asserts that the snapshot and the generated files are what the database makes. Each major deparses in its own way, so
/// that the snapshot is compared with what one of its own major says.
fn assert_is_fresh(folder: &Path, committed: &str, scratch: &Scratch) {
    let pgkeel = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pgkeel"));
        run(command.args(arguments).current_dir(folder)).unwrap()
    };
    let snapshot = snapshot::load(&folder.join(committed), Depth::Whole).unwrap();
    if snapshot.server.major == scratch.version() / 10_000 {
        let text = std::fs::read_to_string(folder.join(committed)).unwrap();
        assert_eq!(
            pgkeel(&["pull", "--source", &scratch.url(), "--out", "-"]),
            text,
            "run `pgkeel pull` in {}",
            folder.display()
        );
    }
    let config = std::fs::read_to_string(folder.join("pgkeel.toml")).unwrap();
    // What a build script makes is nowhere to be compared with.
    if !folder.join("build.rs").exists() {
        assert!(config.contains("[[generate]]"));
        pgkeel(&["generate", "--source", &scratch.url(), "--check"]);
    }
}

/// How the programs of an example reach the database: as the API signs in, and as the owner of it all does.
fn urls(scratch: &Scratch) -> [(&'static str, String); 2] {
    let environment = environment(scratch);
    let of = |name: &str| &environment.iter().find(|(key, _)| *key == name).unwrap().1;
    let (host, port, database) = (of("PGHOST"), of("PGPORT"), of("PGDATABASE"));
    let url = |user: &str| format!("postgres://{user}@localhost/{database}?host={host}&port={port}");
    [("DATABASE_URL", url("api")), ("ADMIN_URL", url(of("PGUSER")))]
}

/// The code under some folders of an example, by path.
fn files(folder: &Path, parts: &[&str]) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for part in parts {
        for entry in std::fs::read_dir(folder.join(part)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let name = format!("{part}/{}", path.file_name().unwrap().display());
                files.push((name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/examples").join(name)
}

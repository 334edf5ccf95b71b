//! Where no server is found, one is fetched, and what follows goes on as if it had been there.

use std::path::Path;
use std::process::Command;

use super::lifetime::run_dir;
use super::start;
use crate::support::command::{Folder, Ran};

#[path = "../../../src/scratch/embedded/mirror.rs"]
mod mirror;

const GENERATE: [&str; 7] = ["generate", "--lang", "typescript", "--out", "-", "--source", "a.sql"];

/// A project that takes no installed server.
fn folder(name: &str, releases: &str) -> Folder {
    let folder = Folder::new(name);
    folder.write("a.sql", "create table fetched (a int);");
    let config = format!("[scratch]\ninstalled = false\nreleases = \"{releases}\"\n");
    folder.write("pgkeel.toml", config);
    folder
}

fn run(mut command: Command) -> Ran {
    let output = command.env_remove("PGKEEL_PG_BIN").output().unwrap();
    Ran {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The directory of the local server's programs, and its version.
async fn local() -> (String, String) {
    let scratch = start().await;
    let said = scratch.describe();
    let found = said
        .strip_prefix("PostgreSQL ")
        .and_then(|said| said.split_once(" of "));
    let (version, rest) = found.unwrap();
    let (bin, _) = rest.split_once(" (found").unwrap();
    (bin.to_owned(), version.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_replays_in_a_server_that_is_fetched_for_it() {
    let (bin, version) = local().await;
    let system = match std::env::consts::OS {
        "macos" => "apple-darwin",
        _ if cfg!(target_env = "musl") => "unknown-linux-musl",
        _ => "unknown-linux-gnu",
    };
    let target = format!("{}-{system}", std::env::consts::ARCH);
    let mirror = mirror::serve(mirror::release(Path::new(&bin), &format!("{version}.0"), &target)).await;
    let folder = folder("scratch-fetched", &mirror.address);
    let cache = run_dir("fetched");
    let generate = |more: &[&str]| {
        let mut command = folder.command(&[&GENERATE, more].concat());
        command.env("PGKEEL_CACHE_DIR", &cache);
        tokio::task::block_in_place(|| run(command))
    };

    let refused = generate(&["--no-download"]);
    refused.fails("none may be fetched", "PGKEEL_PG_BIN");
    assert_eq!(
        *mirror.asked.lock().unwrap(),
        [""; 0],
        "something was asked for all the same"
    );

    let fetched = generate(&["-v"]);
    fetched.succeeds();
    assert!(fetched.stdout.contains("fetched: {"), "{}", fetched.stdout);
    let said = format!(
        "fetching postgresql-{version}.0-{target}.tar.gz from {}",
        mirror.address
    );
    assert!(fetched.stderr.contains(&said), "no `{said}` in:\n{}", fetched.stderr);
    let used = format!("{}/servers/{version}.0/bin", cache.display());
    assert!(fetched.stderr.contains(&used), "no `{used}` in:\n{}", fetched.stderr);

    // What was fetched once is there without a network.
    let asked = mirror.asked.lock().unwrap().len();
    let again = generate(&["--no-download"]);
    again.succeeds();
    assert_eq!(again.stdout, fetched.stdout);
    assert_eq!(mirror.asked.lock().unwrap().len(), asked);
    std::fs::remove_dir_all(cache).unwrap();
}

#[test]
fn a_download_is_refused_however_it_is_said() {
    let folder = folder("scratch-refused", "http://127.0.0.1:1/pg");
    let cache = run_dir("refused");
    let command = |arguments: &[&str]| {
        let mut command = folder.command(arguments);
        command.env("PGKEEL_CACHE_DIR", &cache);
        command
    };
    let refused = |command| {
        let ran = run(command);
        ran.fails("no PostgreSQL 17 server was found, and none may be fetched", "--shadow");
        assert!(ran.stderr.contains("allow the download"), "{}", ran.stderr);
    };
    refused(command(&[&GENERATE[..], &["--no-download", "--pg", "17"]].concat()));
    let mut by_variable = command(&[&GENERATE[..], &["--pg", "17"]].concat());
    by_variable.env("PGKEEL_NO_DOWNLOAD", "1");
    refused(by_variable);
    let config = folder
        .read("pgkeel.toml")
        .replace("releases", "download = false\nreleases");
    folder.write("pgkeel.toml", config);
    refused(command(&[&GENERATE[..], &["--pg", "17"]].concat()));
    std::fs::remove_dir_all(cache).unwrap();
}

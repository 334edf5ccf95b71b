//! A schema as of a git revision.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{Error, Result, scratch};

/// What stands at a revision and path.
pub(super) enum Fetched {
    /// The text of a snapshot.
    Snapshot(String),
    /// SQL files.
    Sql(scratch::Migrations),
}

/// Fetches `path`, relative to the working directory, as of `revision`.
///
/// # Errors
/// Where git, the repository, the revision or the path is missing.
pub(super) fn fetch(revision: &str, path: &str) -> Result<Fetched> {
    let git = Git { revision, path };
    let is_folder = git.run(&["cat-file", "-t"], "")?.trim_ascii() == b"tree";
    if !is_folder && path.ends_with(".json") {
        let text = String::from_utf8(git.run(&["cat-file", "blob"], "")?);
        return text
            .map(Fetched::Snapshot)
            .map_err(|error| Error::new(format!("git:{revision}:{path} is not UTF-8")).with_source(error));
    }
    // What messages call the files; the folder's own name tells a layout.
    let place = PathBuf::from(format!("git:{revision}")).join(path.trim_start_matches('/'));
    if !is_folder {
        let (folder, name) = (
            place.parent().unwrap_or(&place),
            Path::new(path).file_name().unwrap_or_default(),
        );
        let names = BTreeSet::from([name.to_string_lossy().into_owned()]);
        return scratch::migrations_among(folder, &names, &|_| git.run(&["cat-file", "blob"], "")).map(Fetched::Sql);
    }
    let list = git.run(&["ls-tree", "-r", "-z", "--name-only"], "")?;
    let names: BTreeSet<String> = String::from_utf8_lossy(&list)
        .split('\0')
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect();
    scratch::migrations_among(&place, &names, &|name| git.run(&["cat-file", "blob"], name)).map(Fetched::Sql)
}

struct Git<'a> {
    revision: &'a str,
    path: &'a str,
}

impl Git<'_> {
    /// What git says about the file `name` below the path, or about the path itself.
    fn run(&self, arguments: &[&str], name: &str) -> Result<Vec<u8>> {
        let mut path = self.path.trim_end_matches('/').to_owned();
        if !name.is_empty() {
            path = format!("{path}/{name}");
        }
        let object = format!("{}:./{path}", self.revision);
        let output = Command::new("git")
            .args(arguments)
            .args(["--end-of-options", &object])
            .output();
        let output = output.map_err(|error| {
            Error::new(format!("cannot run git: {error}")).with_hint("install git, or name another --source")
        })?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        Err(
            Error::new(format!("cannot read {path} at the git revision `{}`", self.revision))
                .with_detail(String::from_utf8_lossy(&output.stderr).trim())
                .with_hint(
                    "the path is relative to the working directory; `git ls-tree REV` lists what a revision has",
                ),
        )
    }
}

//! A folder of migrations as the tool that it is arranged for sees it: versions, names, both ways, checksums.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha384};

use crate::config::MigrationLayout;
use crate::diagnostic::Diagnostic;
use crate::scratch::files::decode;
use crate::scratch::scan::{self, Kind};
use crate::scratch::{self, SqlFile};
use crate::{Error, Result};

/// A folder that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// How its files are arranged.
    pub layout: MigrationLayout,
    /// Where the files that go forward are.
    pub directory: PathBuf,
    /// In the order to run them. Of several with one version only the first is here.
    pub migrations: Vec<Migration>,
    /// Versions that several files have, with those files.
    pub duplicates: BTreeMap<Version, Vec<PathBuf>>,
    /// What was left out.
    pub notes: Vec<Diagnostic>,
}

impl Folder {
    /// A folder that is not there yet.
    pub fn none(directory: PathBuf, layout: MigrationLayout) -> Self {
        Self {
            layout,
            directory,
            migrations: Vec::new(),
            duplicates: BTreeMap::new(),
            notes: Vec::new(),
        }
    }
}

/// One migration of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migration {
    /// What orders and identifies it.
    pub version: Version,
    /// What it is about, as the layout's history has it.
    pub name: String,
    /// The way forward.
    pub up: SqlFile,
    /// The way back.
    pub down: Option<SqlFile>,
    /// What tells an edited file: SHA-384 of what the layout compares.
    pub checksum: Vec<u8>,
}

/// A migration's version: digits of any number, ordered as numbers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Version(String);

impl Version {
    /// Reads `text`; sqlx and pgkeel take `007` for 7, Supabase does not. `None` where it is no number.
    pub fn parse(text: &str, layout: MigrationLayout) -> Option<Self> {
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        if layout == MigrationLayout::Supabase {
            return Some(Self(text.to_owned()));
        }
        let significant = text.trim_start_matches('0');
        Some(Self(if significant.is_empty() { "0" } else { significant }.to_owned()))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        let number = |version: &Self| {
            let significant = version.0.trim_start_matches('0');
            (significant.len(), significant.to_owned())
        };
        number(self).cmp(&number(other)).then_with(|| self.0.cmp(&other.0))
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Which way a file goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Up,
    Down,
}

/// Reads the migrations of `directory`.
///
/// # Errors
/// Where it cannot be read, or a file in it is not UTF-8 or not called as the layout wants.
pub fn read(directory: &Path, layout: MigrationLayout) -> Result<Folder> {
    let mut folder = Folder {
        layout,
        directory: directory.to_owned(),
        migrations: Vec::new(),
        duplicates: BTreeMap::new(),
        notes: Vec::new(),
    };
    let mut found: BTreeMap<Version, Migration> = BTreeMap::new();
    let mut downs: BTreeMap<Version, SqlFile> = BTreeMap::new();
    for path in sql_files(directory)? {
        let Some((version, name, way)) = parse_name(&path, layout)? else {
            let note = "skipped: it is not called <version>_<name>.sql";
            folder.notes.push(Diagnostic::note(path.display().to_string(), note));
            continue;
        };
        let (file, checksum) = read_file(&path, layout)?;
        match way {
            Way::Down => drop(downs.insert(version, file)),
            Way::Up => match found.get(&version) {
                Some(first) => {
                    let files = folder
                        .duplicates
                        .entry(version)
                        .or_insert_with(|| vec![first.up.path.clone()]);
                    files.push(path);
                }
                None => {
                    let migration = Migration {
                        version: version.clone(),
                        name,
                        up: file,
                        down: None,
                        checksum,
                    };
                    found.insert(version, migration);
                }
            },
        }
    }
    if layout == MigrationLayout::Supabase {
        let beside = down_directory(directory);
        for path in if beside.is_dir() {
            sql_files(&beside)?
        } else {
            Vec::new()
        } {
            if let Some((version, _, _)) = parse_name(&path, layout)? {
                downs.insert(version, read_file(&path, layout)?.0);
            }
        }
    }
    for (version, file) in downs {
        match found.get_mut(&version) {
            Some(migration) => migration.down = Some(file),
            None => folder.notes.push(Diagnostic::note(
                file.path.display().to_string(),
                "skipped: it goes back from a migration that is not there",
            )),
        }
    }
    folder.migrations = found.into_values().collect();
    Ok(folder)
}

/// How the files of `directory` are arranged, as far as they tell; `uses_sqlx` decides where they do not.
///
/// # Errors
/// Where they are arranged for a tool whose history pgkeel does not keep.
pub fn detect(directory: &Path, uses_sqlx: bool) -> Result<MigrationLayout> {
    if std::path::absolute(directory).is_ok_and(|path| path.ends_with("supabase/migrations")) {
        return Ok(MigrationLayout::Supabase);
    }
    let plain = if uses_sqlx {
        MigrationLayout::Sqlx
    } else {
        MigrationLayout::Pgkeel
    };
    if sql_files(directory)?.is_empty() && !directory.join("meta").exists() {
        return Ok(plain);
    }
    match scratch::migrations(directory)?.layout {
        scratch::Layout::Supabase => Ok(MigrationLayout::Supabase),
        scratch::Layout::UpDown => Ok(MigrationLayout::Sqlx),
        scratch::Layout::Numbered => Ok(plain),
        other => Err(
            Error::new(format!("{} is arranged for {}", directory.display(), tool(other))).with_hint(
                "pgkeel keeps the history of supabase, sqlx and its own layout; say which this is with [migrations] layout",
            ),
        ),
    }
}

/// Where the ways back of a Supabase project are: beside its migrations, where the Supabase CLI does not look.
pub fn down_directory(directory: &Path) -> PathBuf {
    let name = directory.file_name().unwrap_or_default().to_string_lossy();
    directory.with_file_name(format!("{name}_down"))
}

fn tool(layout: scratch::Layout) -> &'static str {
    match layout {
        scratch::Layout::Folders => "Prisma or drizzle",
        scratch::Layout::UpDownFolders => "diesel",
        scratch::Layout::Drizzle => "drizzle",
        scratch::Layout::Dbmate => "dbmate",
        scratch::Layout::Goose => "goose",
        scratch::Layout::Flyway => "flyway",
        _ => "no tool that pgkeel knows: its files are not called <version>_<name>.sql",
    }
}

/// The version, name and way that a file's name tells; `None` where the layout's own tool would skip it.
fn parse_name(path: &Path, layout: MigrationLayout) -> Result<Option<(Version, String, Way)>> {
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    let Some((digits, rest)) = file.split_once('_') else {
        return Ok(None);
    };
    let Some(version) = Version::parse(digits, layout) else {
        // sqlx gives up on the whole folder then.
        if layout == MigrationLayout::Sqlx {
            return Err(
                Error::new(format!("{} does not begin with a version", path.display())).with_hint(
                    "sqlx wants every file with a `_` to be called <version>_<name>.sql: rename it, or move it away",
                ),
            );
        }
        return Ok(None);
    };
    if layout == MigrationLayout::Sqlx && version.as_str().parse::<i64>().is_err() {
        return Err(Error::new(format!("the version of {} is too large", path.display()))
            .with_hint("sqlx keeps versions as bigint: 9223372036854775807 is the last"));
    }
    let stem = rest.strip_suffix(".sql").unwrap_or(rest);
    let (stem, way) = match layout {
        MigrationLayout::Supabase => (stem, Way::Up),
        _ => match (stem.strip_suffix(".down"), stem.strip_suffix(".up")) {
            (Some(stem), _) => (stem, Way::Down),
            (None, Some(stem)) => (stem, Way::Up),
            (None, None) => (stem, Way::Up),
        },
    };
    let name = match layout {
        MigrationLayout::Sqlx => stem.replace('_', " "),
        _ => stem.to_owned(),
    };
    Ok(Some((version, name, way)))
}

/// The script of `path`, and its checksum.
fn read_file(path: &Path, layout: MigrationLayout) -> Result<(SqlFile, Vec<u8>)> {
    let bytes = std::fs::read(path).map_err(|error| Error::io("cannot read", path, error))?;
    let text = decode(path, &bytes)?;
    let checksum = match layout {
        MigrationLayout::Sqlx => Sha384::digest(&bytes).to_vec(),
        // What git does to line ends is no edit.
        MigrationLayout::Pgkeel => Sha384::digest(text.replace("\r\n", "\n")).to_vec(),
        MigrationLayout::Supabase => token_checksum([text.as_str()]),
    };
    let path = path.to_owned();
    Ok((SqlFile { path, text }, checksum))
}

/// A checksum of the statements in `texts`, whatever is between and around their tokens: the Supabase CLI records them
/// one by one and trimmed.
pub(super) fn token_checksum<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<u8> {
    let mut digest = Sha384::new();
    for text in texts {
        for token in scan::tokens(text) {
            if token.kind != Kind::Semicolon {
                digest.update(token.of(text));
                digest.update([0]);
            }
        }
    }
    digest.finalize().to_vec()
}

/// The SQL files right in `directory`, sorted by name.
fn sql_files(directory: &Path) -> Result<Vec<PathBuf>> {
    let cannot = |error| Error::io("cannot read the folder of migrations", directory, error);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(directory).map_err(cannot)? {
        let path = entry.map_err(cannot)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.ends_with(".sql") && !name.starts_with('.') && path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;
    use MigrationLayout::{Pgkeel, Sqlx, Supabase};

    fn named(name: &str, layout: MigrationLayout) -> Option<(String, String, Way)> {
        let parsed = parse_name(Path::new(name), layout).unwrap();
        parsed.map(|(version, name, way)| (version.to_string(), name, way))
    }

    #[test]
    fn names_tell_what_the_layouts_tool_reads_in_them() {
        let is = |version: &str, name: &str, way| Some((version.to_owned(), name.to_owned(), way));
        assert_eq!(named("0007_a_b.sql", Sqlx), is("7", "a b", Way::Up));
        assert_eq!(named("7_a_b.up.sql", Sqlx), is("7", "a b", Way::Up));
        assert_eq!(named("7_a.down.sql", Sqlx), is("7", "a", Way::Down));
        assert_eq!(named("7_a.down.sql", Pgkeel), is("7", "a", Way::Down));
        assert_eq!(named("07_a.down.sql", Supabase), is("07", "a.down", Way::Up));
        assert_eq!(named("seed.sql", Sqlx), None);
        assert_eq!(named("a_b.sql", Supabase), None);
        assert!(parse_name(Path::new("a_b.sql"), Sqlx).is_err());
        assert!(parse_name(Path::new("99999999999999999999_b.sql"), Sqlx).is_err());
    }

    #[test]
    fn versions_are_ordered_as_numbers() {
        let version = |text: &str| Version::parse(text, Supabase).unwrap();
        assert!(version("9") < version("10") && version("010") < version("11"));
        assert!(version("20240101000000") < version("100000000000000"));
        assert!(Version::parse("", Sqlx).is_none() && Version::parse("1a", Sqlx).is_none());
        assert_eq!(Version::parse("000", Pgkeel).unwrap().as_str(), "0");
    }

    #[test]
    fn statements_count_not_what_is_between_them() {
        let whole = token_checksum(["-- why\nselect 1;\nselect ';'; -- end\n"]);
        assert_eq!(whole, token_checksum(["-- why\nselect 1", "select\n';'"]));
        assert_ne!(whole, token_checksum(["select 1", "select ''"]));
    }
}

//! The SQL files of a project, in the order that its own migration tool runs them, and only those that go forward.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::diagnostic::Diagnostic;
use crate::{Error, Result};

/// An SQL script and the name that messages call it by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqlFile {
    /// Where it comes from; `\ir` looks for its files beside it.
    pub path: PathBuf,
    /// The script: UTF-8 without a byte order mark.
    pub text: String,
}

/// What was found where a schema's SQL files were looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migrations {
    /// How the files are arranged.
    pub layout: Layout,
    /// The directory that they are in, below the one that was named.
    pub directory: PathBuf,
    /// The forward files, in the order to run them. Parts that undo are blank, so that lines keep their numbers.
    pub files: Vec<SqlFile>,
    /// What was left out.
    pub notes: Vec<Diagnostic>,
}

impl Migrations {
    /// Nothing to run.
    pub fn none() -> Self {
        Self {
            layout: Layout::Plain,
            directory: PathBuf::from("nothing"),
            files: Vec::new(),
            notes: Vec::new(),
        }
    }
}

/// How a directory of migrations is arranged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Any names, in the order of names.
    Plain,
    /// `supabase/migrations/<digits>_<name>.sql`, in the order of names; every such file goes forward.
    Supabase,
    /// `<number>_<name>.sql` in the order of numbers: sqlx, and pgkeel's own, with downs in a folder `down`.
    Numbered,
    /// `<number>_<name>.up.sql` and `.down.sql`: golang-migrate, and sqlx's reversible migrations.
    UpDown,
    /// `<name>/migration.sql`: prisma, and drizzle since its first version.
    Folders,
    /// `<name>/up.sql` and `down.sql`: diesel.
    UpDownFolders,
    /// `<name>.sql` in the order of `meta/_journal.json`: drizzle.
    Drizzle,
    /// `-- migrate:up` and `-- migrate:down` in one file: dbmate.
    Dbmate,
    /// `-- +goose Up` and `-- +goose Down` in one file: goose.
    Goose,
    /// `V<version>__<name>.sql`, then `R__<name>.sql`: flyway.
    Flyway,
}

/// Where a project's migrations lie, below its root, the most telling first.
const FOLDERS: &[&str] = &[
    "supabase/migrations",
    "migrations",
    "prisma/migrations",
    "db/migrations",
    "drizzle",
];

/// The forward files of `path`, an SQL file or a directory: see [`migrations`].
///
/// # Errors
/// As [`migrations`].
pub fn sql_files(path: &Path) -> Result<Vec<SqlFile>> {
    Ok(migrations(path)?.files)
}

/// Finds the SQL files of `path`: an SQL file, a directory of migrations, or a project that holds one.
///
/// # Errors
/// Where `path` cannot be read, nothing in it is recognised, or a file is not UTF-8.
pub fn migrations(path: &Path) -> Result<Migrations> {
    let metadata = fs::metadata(path).map_err(|error| Error::io("cannot read", path, error))?;
    if !metadata.is_dir() {
        let files = vec![sql_file(path)?];
        let directory = path.parent().unwrap_or(Path::new("")).to_owned();
        return Ok(Migrations {
            layout: Layout::Plain,
            directory,
            files,
            notes: Vec::new(),
        });
    }
    let mut names = BTreeSet::new();
    list(path, "", 1, &mut names)?;
    for folder in FOLDERS.iter().copied().chain(configured(path, &names)?.as_deref()) {
        if path.join(folder).is_dir() {
            list(path, &format!("{folder}/"), 1, &mut names)?;
        }
    }
    migrations_among(path, &names, &|name| read(&path.join(name)))
}

/// As [`migrations`], for a directory of which only the files' names are known, such as one of another git revision:
/// `names` are below `root`, with `/` between their parts, and `read` gives a file's bytes.
///
/// # Errors
/// As [`migrations`], and those of `read`.
pub fn migrations_among(
    root: &Path,
    names: &BTreeSet<String>,
    read: &dyn Fn(&str) -> Result<Vec<u8>>,
) -> Result<Migrations> {
    let configured = match names.contains(CONFIG) {
        true => configured_in(root, &decode(&root.join(CONFIG), &read(CONFIG)?)?),
        false => None,
    };
    let holds = |folder: &&str| {
        names
            .iter()
            .any(|name| below(name, folder).is_some_and(|rest| rest.ends_with(".sql")))
    };
    let folder = configured
        .as_deref()
        .into_iter()
        .chain(FOLDERS.iter().copied())
        .find(holds)
        .unwrap_or("");
    let directory = if folder.is_empty() {
        root.to_owned()
    } else {
        root.join(folder)
    };
    let inside: Vec<&str> = names
        .iter()
        .filter_map(|name| below(name, folder))
        .filter(|name| !name.starts_with('.') && !name.contains("/."))
        .collect();
    let prefix = if folder.is_empty() {
        String::new()
    } else {
        format!("{folder}/")
    };
    let read_inside = |name: &str| decode(&directory.join(name), &read(&format!("{prefix}{name}"))?);

    let (layout, forward, left_out) = arrange(&directory, &inside, &read_inside)?;
    let mut found = Migrations {
        layout,
        directory: directory.clone(),
        files: Vec::new(),
        notes: Vec::new(),
    };
    for name in forward {
        let text = read_inside(&name)?;
        let (part, text) = forward_part(text);
        if layout == Layout::Plain || layout == Layout::Numbered {
            found.layout = part.unwrap_or(found.layout);
        }
        found.files.push(SqlFile {
            path: directory.join(&name),
            text,
        });
    }
    for (name, why) in left_out {
        found
            .notes
            .push(Diagnostic::note(directory.join(name).display().to_string(), why));
    }
    Ok(found)
}

type Arranged = (Layout, Vec<String>, Vec<(String, String)>);

/// Recognises the layout of `names`, and gives the forward files in order and what is left out of them, with the reason.
fn arrange(directory: &Path, names: &[&str], read: &dyn Fn(&str) -> Result<String>) -> Result<Arranged> {
    let flat = || {
        names
            .iter()
            .copied()
            .filter(|name| !name.contains('/') && name.ends_with(".sql"))
    };
    let named = |last: &str| -> Vec<String> {
        let is_it = |name: &&str| name.split_once('/').is_some_and(|(_, file)| file == last);
        names.iter().copied().filter(is_it).map(str::to_owned).collect()
    };
    if std::path::absolute(directory).is_ok_and(|path| path.ends_with("supabase/migrations")) {
        let (forward, others): (Vec<_>, Vec<_>) = flat().map(str::to_owned).partition(|name| number(name).is_some());
        let why = "skipped: Supabase runs only files called <digits>_<name>.sql".to_owned();
        return Ok((
            Layout::Supabase,
            forward,
            others.into_iter().map(|name| (name, why.clone())).collect(),
        ));
    }
    if names.contains(&"meta/_journal.json") {
        return Ok((
            Layout::Drizzle,
            journal(directory, &read("meta/_journal.json")?)?,
            Vec::new(),
        ));
    }
    for (layout, file) in [(Layout::Folders, "migration.sql"), (Layout::UpDownFolders, "up.sql")] {
        let forward = named(file);
        if !forward.is_empty() {
            return Ok((layout, forward, Vec::new()));
        }
    }
    let mut forward: Vec<String> = flat()
        .filter(|name| !name.ends_with(".down.sql"))
        .map(str::to_owned)
        .collect();
    if forward.is_empty() {
        return Err(nothing_found(directory, names));
    }
    if forward
        .iter()
        .any(|name| name.starts_with('V') && flyway_version(name).is_some())
    {
        forward.retain(|name| flyway_version(name).is_some());
        forward.sort_by(|a, b| flyway_version(a).cmp(&flyway_version(b)));
        return Ok((Layout::Flyway, forward, Vec::new()));
    }
    let layout = match forward.iter().all(|name| number(name).is_some()) {
        _ if forward.iter().any(|name| name.ends_with(".up.sql")) => Layout::UpDown,
        true => Layout::Numbered,
        false => Layout::Plain,
    };
    if layout != Layout::Plain {
        forward.sort_by(|a, b| number(a).cmp(&number(b)).then_with(|| a.cmp(b)));
    }
    let ups = forward.clone();
    let is_alone = |name: &&str| name.ends_with(".down.sql") && !ups.contains(&name.replace(".down.sql", ".up.sql"));
    let why = "skipped: a down migration".to_owned();
    let left_out = flat()
        .filter(is_alone)
        .map(|name| (name.to_owned(), why.clone()))
        .collect();
    Ok((layout, forward, left_out))
}

/// The number that a migration's name starts with: `<digits>_<name>.sql`. Digits are compared as a number of any length.
fn number(name: &str) -> Option<(usize, &str)> {
    let stem = name.strip_suffix(".sql")?;
    let (digits, _) = stem.split_once('_')?;
    let significant = digits.trim_start_matches('0');
    let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    is_number.then_some((significant.len(), significant))
}

/// What orders flyway's files: versions, `V1.2__x.sql`, then the repeatable ones, `R__x.sql`, by name.
fn flyway_version(name: &str) -> Option<(bool, Vec<u64>, &str)> {
    let (head, rest) = name.strip_suffix(".sql")?.split_once("__")?;
    if head == "R" {
        return Some((true, Vec::new(), rest));
    }
    let parts = head.strip_prefix('V')?.split(['.', '_']).map(|part| part.parse().ok());
    Some((false, parts.collect::<Option<_>>()?, rest))
}

/// The files that drizzle's journal lists, in its order.
fn journal(directory: &Path, text: &str) -> Result<Vec<String>> {
    #[derive(serde::Deserialize)]
    struct Journal {
        entries: Vec<Entry>,
    }
    #[derive(serde::Deserialize)]
    struct Entry {
        idx: u64,
        tag: String,
    }
    let path = directory.join("meta/_journal.json");
    let mut journal: Journal = serde_json::from_str(text).map_err(|error| {
        Error::new(format!("cannot read drizzle's journal: {error}"))
            .at(path, None)
            .with_source(error)
    })?;
    journal.entries.sort_by_key(|entry| entry.idx);
    Ok(journal
        .entries
        .into_iter()
        .map(|entry| format!("{}.sql", entry.tag))
        .collect())
}

/// Blanks what dbmate's or goose's marks say is for the way back, keeping every line where it is.
fn forward_part(text: String) -> (Option<Layout>, String) {
    let mark = |line: &str| {
        let words: Vec<&str> = line.strip_prefix("--")?.split_whitespace().take(2).collect();
        match words[..] {
            ["migrate:up", ..] => Some((Layout::Dbmate, true)),
            ["migrate:down", ..] => Some((Layout::Dbmate, false)),
            ["+goose", way] if way.eq_ignore_ascii_case("up") => Some((Layout::Goose, true)),
            ["+goose", way] if way.eq_ignore_ascii_case("down") => Some((Layout::Goose, false)),
            _ => None,
        }
    };
    let Some((layout, _)) = text.lines().find_map(mark) else {
        return (None, text);
    };
    let mut is_forward = true;
    let mut kept = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        if let Some((_, way)) = mark(line) {
            is_forward = way;
        }
        match is_forward {
            true => kept.push_str(line),
            // As many bytes, so that what stands behind them keeps its place.
            false => kept.extend(line.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' })),
        }
    }
    (Some(layout), kept)
}

fn nothing_found(directory: &Path, names: &[&str]) -> Error {
    let mut shown: BTreeSet<String> = BTreeSet::new();
    for name in names {
        shown.insert(
            name.split_once('/')
                .map_or((*name).to_owned(), |(folder, _)| format!("{folder}/")),
        );
    }
    let found = match shown.len() {
        0 => "it is empty".to_owned(),
        count => {
            let first: Vec<&str> = shown.iter().take(5).map(String::as_str).collect();
            format!("it holds {}{}", first.join(", "), if count > 5 { ", …" } else { "" })
        }
    };
    Error::new(format!("no SQL files to replay in {}: {found}", directory.display())).with_hint(
        "name an .sql file, a directory of .sql files, or one arranged as supabase, sqlx, golang-migrate, dbmate, goose, \
         prisma, drizzle, diesel or flyway do",
    )
}

const CONFIG: &str = "pgkeel.toml";

/// The directory that `[migrations] dir` of the project at `root` names.
fn configured(root: &Path, names: &BTreeSet<String>) -> Result<Option<String>> {
    if !names.contains(CONFIG) {
        return Ok(None);
    }
    let path = root.join(CONFIG);
    Ok(configured_in(root, &decode(&path, &read(&path)?)?))
}

/// What is wrong with a configuration is for its own reader to say.
fn configured_in(root: &Path, text: &str) -> Option<String> {
    let config: toml::Table = toml::from_str(text).ok()?;
    let directory = config.get("migrations")?.get("dir")?.as_str()?;
    let path = Path::new(directory);
    let below = if path.is_absolute() {
        path.strip_prefix(root).ok()?
    } else {
        path
    };
    let parts: Vec<&str> = below
        .components()
        .filter(|part| !matches!(part, std::path::Component::CurDir))
        .map(|part| part.as_os_str().to_str())
        .collect::<Option<_>>()?;
    Some(parts.join("/"))
}

/// What `name` is called within `folder`.
fn below<'a>(name: &'a str, folder: &str) -> Option<&'a str> {
    if folder.is_empty() {
        return Some(name);
    }
    name.strip_prefix(folder)?.strip_prefix('/')
}

/// Adds the files of `root/prefix`, and of its folders down to `depth`.
fn list(root: &Path, prefix: &str, depth: usize, names: &mut BTreeSet<String>) -> Result<()> {
    let directory = root.join(prefix);
    let entries =
        fs::read_dir(&directory).map_err(|error| Error::io("cannot read the directory", &directory, error))?;
    for entry in entries {
        let entry = entry.map_err(|error| Error::io("cannot read the directory", &directory, error))?;
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        if !entry.path().is_dir() {
            names.insert(format!("{prefix}{name}"));
        } else if depth > 0 && !matches!(&*name, "node_modules" | "target" | ".git") {
            list(root, &format!("{prefix}{name}/"), depth - 1, names)?;
        }
    }
    Ok(())
}

/// Reads one script.
pub(super) fn sql_file(path: &Path) -> Result<SqlFile> {
    Ok(SqlFile {
        path: path.to_owned(),
        text: decode(path, &read(path)?)?,
    })
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|error| Error::io("cannot read", path, error))
}

/// The text of a script, which has to be UTF-8.
pub(crate) fn decode(path: &Path, bytes: &[u8]) -> Result<String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let not_utf8 = |what: String| {
        Err(Error::new(format!("{} is not UTF-8: {what}", path.display())).with_hint("save the file as UTF-8"))
    };
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return not_utf8("it starts with the byte order mark of UTF-16".to_owned());
    }
    let line = |at: usize| bytes[..at].iter().filter(|b| **b == b'\n').count() + 1;
    if let Some(at) = bytes.iter().position(|b| *b == 0) {
        return not_utf8(format!("line {} has a zero byte", line(at)));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(error) => {
            let at = error.valid_up_to();
            not_utf8(format!("line {} has the byte 0x{:02x}", line(at), bytes[at]))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(root: &str, files: &[(&str, &str)]) -> Result<Migrations> {
        let names = files.iter().map(|(name, _)| (*name).to_owned()).collect();
        migrations_among(Path::new(root), &names, &|name| {
            let text = files
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, text)| text.as_bytes().to_vec());
            text.ok_or_else(|| Error::new(format!("no {name}")))
        })
    }

    fn names(root: &str, files: &[&str]) -> (Layout, Vec<String>) {
        let files: Vec<(&str, &str)> = files.iter().map(|name| (*name, "")).collect();
        let found = found(root, &files).unwrap();
        let names = found
            .files
            .iter()
            .map(|file| file.path.strip_prefix(root).unwrap().display().to_string());
        (found.layout, names.collect())
    }

    #[test]
    fn numbers_count_as_numbers_and_downs_stay_away() {
        let (layout, files) = names(
            "m",
            &["10_c.sql", "2_b.sql", "001_a.sql", "down/001_a.sql", "README.md"],
        );
        assert_eq!(layout, Layout::Numbered);
        assert_eq!(files, ["001_a.sql", "2_b.sql", "10_c.sql"]);
    }

    #[test]
    fn ups_are_taken_without_their_downs() {
        let (layout, files) = names(
            "m",
            &["2_b.up.sql", "2_b.down.sql", "10_c.up.sql", "10_c.down.sql", "1_a.sql"],
        );
        assert_eq!(layout, Layout::UpDown);
        assert_eq!(files, ["1_a.sql", "2_b.up.sql", "10_c.up.sql"]);
    }

    #[test]
    fn supabase_runs_every_numbered_file_in_the_order_of_names() {
        let files = ["9_b.sql", "10_a.sql", "10_a.down.sql", "notes.sql", ".hidden.sql"];
        let (layout, files) = names("supabase/migrations", &files);
        assert_eq!(layout, Layout::Supabase);
        assert_eq!(files, ["10_a.down.sql", "10_a.sql", "9_b.sql"]);
    }

    #[test]
    fn folders_of_prisma_and_diesel_are_read_in_order() {
        let prisma = names(
            "m",
            &[
                "20240102_b/migration.sql",
                "20240101_a/migration.sql",
                "migration_lock.toml",
            ],
        );
        assert_eq!(
            prisma,
            (
                Layout::Folders,
                vec!["20240101_a/migration.sql".into(), "20240102_b/migration.sql".into()]
            )
        );
        let diesel = names("m", &["1_a/up.sql", "1_a/down.sql"]);
        assert_eq!(diesel, (Layout::UpDownFolders, vec!["1_a/up.sql".into()]));
    }

    #[test]
    fn drizzle_goes_by_its_journal() {
        let journal = r#"{"entries":[{"idx":1,"tag":"0001_b"},{"idx":0,"tag":"0000_z"}]}"#;
        let files = [
            ("meta/_journal.json", journal),
            ("0000_z.sql", ""),
            ("0001_b.sql", ""),
            ("stray.sql", ""),
        ];
        let found = found("m", &files).unwrap();
        assert_eq!(found.layout, Layout::Drizzle);
        assert_eq!(
            found.files.iter().map(|f| f.path.clone()).collect::<Vec<_>>(),
            [Path::new("m/0000_z.sql"), Path::new("m/0001_b.sql")]
        );
    }

    #[test]
    fn flyway_versions_come_before_what_it_repeats() {
        let (layout, files) = names(
            "m",
            &["V10__c.sql", "V2__b.sql", "V1.1__a.sql", "R__views.sql", "U2__b.sql"],
        );
        assert_eq!(layout, Layout::Flyway);
        assert_eq!(files, ["V1.1__a.sql", "V2__b.sql", "V10__c.sql", "R__views.sql"]);
    }

    #[test]
    fn the_way_back_is_blanked_and_lines_stay() {
        let dbmate = "-- migrate:up\nup;\n\n-- migrate:down transaction:false\ndown;\n";
        let found = found("m", &[("1_a.sql", dbmate)]).unwrap();
        assert_eq!(found.layout, Layout::Dbmate);
        let blank = |line: &str| " ".repeat(line.len());
        let down = blank("-- migrate:down transaction:false");
        assert_eq!(
            found.files[0].text,
            format!("-- migrate:up\nup;\n\n{down}\n{}\n", blank("down;"))
        );
        let goose = "-- +goose Down\ndown;\n--  +goose Up\nup;\n";
        assert_eq!(
            forward_part(goose.to_owned()),
            (
                Some(Layout::Goose),
                format!("{}\n{}\n--  +goose Up\nup;\n", blank("-- +goose Down"), blank("down;"))
            )
        );
    }

    #[test]
    fn a_project_leads_to_its_migrations() {
        let (_, files) = names(
            "app",
            &["supabase/migrations/1_a.sql", "migrations/1_b.sql", "schema.sql"],
        );
        assert_eq!(files, ["supabase/migrations/1_a.sql"]);
        let config = "[migrations]\ndir = \"./db/changes\"";
        let files = [
            ("pgkeel.toml", config),
            ("db/changes/1_a.sql", ""),
            ("migrations/1_b.sql", ""),
        ];
        assert_eq!(found("app", &files).unwrap().directory, Path::new("app/db/changes"));
    }

    #[test]
    fn what_is_found_instead_is_named() {
        let error = found("m", &[("README.md", ""), ("src/x.rs", ""), ("a.down.sql", "")]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "no SQL files to replay in m: it holds README.md, a.down.sql, src/"
        );
        assert!(found("m", &[]).unwrap_err().to_string().ends_with("it is empty"));
    }

    #[test]
    fn other_encodings_are_named_with_their_line() {
        let path = Path::new("a.sql");
        assert_eq!(decode(path, b"\xef\xbb\xbfselect 1").unwrap(), "select 1");
        assert!(
            decode(path, b"select\n'\xe9'")
                .unwrap_err()
                .to_string()
                .ends_with("line 2 has the byte 0xe9")
        );
        assert!(decode(path, b"\xff\xfes\0").unwrap_err().to_string().contains("UTF-16"));
        assert!(
            decode(path, b"a\0")
                .unwrap_err()
                .to_string()
                .contains("line 1 has a zero byte")
        );
    }
}

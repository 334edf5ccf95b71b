//! The files to look at, those that run before them, and how their statements run.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::behind::is_same;
use crate::cli::args::lint::{Lint, Transactions};
use crate::cli::migrate::uses_sqlx;
use crate::cli::report::Report;
use crate::cli::source;
use crate::config::MigrationLayout;
use crate::config::load::Project;
use crate::lint::{self, File, Run};
use crate::scratch::files::decode;
use crate::scratch::{self, Layout, Migrations};
use crate::{Error, Result};

/// What is named, or the project's migrations, in the order in which they run. What runs before a file that is named is
/// there too, unwanted.
pub(super) fn read(words: &Lint, project: &Project, report: Report) -> Result<Vec<File>> {
    let named = match words.files.as_slice() {
        [] => {
            let folder = source::migrations_folder(project).ok_or_else(|| {
                Error::new("there are no migrations here").with_hint("name files or a folder: pgkeel lint migrations/")
            })?;
            report.say(&format!("looking at {}", folder.display()));
            vec![folder]
        }
        named => named.to_vec(),
    };
    let mut files = Vec::<File>::new();
    for path in &named {
        for file in of_path(path, words, project, report)? {
            // Named twice, or before another one that is named.
            match files.iter_mut().find(|known| known.name == file.name) {
                Some(known) => known.wanted |= file.wanted,
                None => files.push(file),
            }
        }
    }
    Ok(files)
}

fn of_path(path: &Path, words: &Lint, project: &Project, report: Report) -> Result<Vec<File>> {
    if path.as_os_str() == "-" {
        let mut text = String::new();
        let read = std::io::stdin().read_to_string(&mut text);
        read.map_err(|error| Error::new("cannot read standard input").with_source(error))?;
        return Ok(vec![file(path, text, Layout::Plain, true, words, project)]);
    }
    if path.is_dir() {
        let found = scratch::migrations(path)?;
        report.diagnostics(&found.notes);
        let layout = found.layout;
        let files = found.files.into_iter();
        return Ok(files
            .map(|sql| file(&sql.path, sql.text, layout, true, words, project))
            .collect());
    }
    let own = scratch::migrations(path)?;
    let Some((layout, before)) = beside(path) else {
        let files = own.files.into_iter();
        return Ok(files
            .map(|sql| file(&sql.path, sql.text, Layout::Plain, true, words, project))
            .collect());
    };
    let mut files = Vec::new();
    for sql in before {
        let is_it = sql.path.file_name() == path.file_name() && is_same(&sql.path, path);
        let name = if is_it { path } else { &sql.path };
        files.push(file(name, sql.text, layout, is_it, words, project));
        if is_it {
            return Ok(files);
        }
    }
    Ok(Vec::new())
}

/// The folder of migrations that a file is one of, by its layout and its files.
fn beside(path: &Path) -> Option<(Layout, Vec<scratch::SqlFile>)> {
    let parent = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let above = parent
        .parent()
        .filter(|above| !above.as_os_str().is_empty())
        .map(PathBuf::from);
    let is_one =
        |found: &Migrations| found.layout != Layout::Plain && found.files.iter().any(|sql| is_same(&sql.path, path));
    // A layout of folders has the file one level deeper.
    let folders = std::iter::once(parent.to_owned()).chain(above);
    let mut found = folders.filter_map(|folder| scratch::migrations(&folder).ok());
    found.find(is_one).map(|found| (found.layout, found.files))
}

/// All of a file that goes both ways.
fn whole(name: &Path) -> Option<String> {
    decode(name, &std::fs::read(name).ok()?).ok()
}

/// Whether the settings beside a migration say so: `V1__x.sql.conf` of flyway, `metadata.toml` of diesel.
fn says(name: &Path, beside: &str, setting: &str, value: &str) -> bool {
    let settings = match beside {
        "conf" => name.with_extension("sql.conf"),
        other => name.with_file_name(other),
    };
    let text = std::fs::read_to_string(settings).unwrap_or_default();
    let mut pairs = text.lines().filter_map(|line| line.split_once('='));
    pairs.any(|(name, said)| name.trim() == setting && said.trim() == value)
}

fn file(name: &Path, text: String, layout: Layout, wanted: bool, words: &Lint, project: &Project) -> File {
    let sqlx = project.config.migrations.layout == Some(MigrationLayout::Sqlx)
        || project.config.migrations.layout.is_none() && (layout == Layout::UpDown || uses_sqlx(project));
    let by_layout = match layout {
        Layout::Plain => Run::PerStatement,
        Layout::Numbered if !sqlx => Run::Segments,
        Layout::Numbered | Layout::UpDown if text.starts_with("-- no-transaction") => Run::PerStatement,
        Layout::Dbmate if text.contains("transaction:false") => Run::PerStatement,
        Layout::Goose if text.contains("+goose NO TRANSACTION") => Run::PerStatement,
        // The Supabase CLI sends one statement by itself.
        Layout::Supabase if lint::is_one_alone(&text) => Run::PerStatement,
        // Flyway sees by itself what no transaction takes, where it stands alone.
        Layout::Flyway if lint::is_one_alone(&text) || says(name, "conf", "executeInTransaction", "false") => {
            Run::PerStatement
        }
        Layout::UpDownFolders if says(name, "metadata.toml", "run_in_transaction", "false") => Run::PerStatement,
        _ => Run::PerFile,
    };
    let run = match words.transaction {
        Some(Transactions::PerFile) => Run::PerFile,
        Some(Transactions::PerStatement) => Run::PerStatement,
        None => by_layout,
    };
    let mark = match layout {
        Layout::Numbered | Layout::UpDown if sqlx => Some("-- no-transaction"),
        Layout::Dbmate => Some("-- migrate:up transaction:false"),
        Layout::Goose => Some("-- +goose NO TRANSACTION"),
        _ => None,
    };
    let whole = match layout {
        Layout::Dbmate | Layout::Goose => whole(name).filter(|whole| whole.len() == text.len()),
        _ => None,
    };
    File {
        name: name.to_owned(),
        text,
        whole,
        run,
        mark,
        wanted,
    }
}

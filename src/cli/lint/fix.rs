//! `pgkeel lint --fix`: the safe forms, in the files themselves and in files right behind them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::behind;
use crate::cli::migrate::uses_sqlx;
use crate::cli::report::{Report, counted};
use crate::cli::source::{Reading, Source};
use crate::config::load::Project;
use crate::diagnostic::Diagnostic;
use crate::files::replace;
use crate::finding::Finding;
use crate::lint::{self, File, Fixed, Hit, Next};
use crate::migrate::run::write::{self, NewFile, Part};
use crate::migrate::run::{self, Folder, Options, State, Status, Target, folder};
use crate::scratch::{self, Migrations};
use crate::{Error, Result};

/// Writes the safe forms, and gives the findings that stay.
pub(super) async fn fix(
    files: &[File],
    hits: &[Hit],
    reading: Option<&Reading>,
    project: &Project,
    report: Report,
) -> Result<Vec<Finding>> {
    let mut staying = Vec::new();
    let mut is_history_unknown = false;
    // What is written behind one file comes before the next: a folder stays what it was for those that are still to come.
    let mut folders = BTreeMap::<PathBuf, Option<Home>>::new();
    for (at, file) in files.iter().enumerate() {
        let own = hits.iter().filter(|hit| hit.file == at).collect::<Vec<_>>();
        if own.is_empty() {
            continue;
        }
        let directory = directory_of(&file.name);
        if !folders.contains_key(&directory) {
            let home = home_at(&directory, reading, project).await;
            folders.insert(directory.clone(), home);
        }
        let home = folders.get(&directory).and_then(Option::as_ref);
        let home = home.filter(|home| home.has(&file.name));
        let mut mended = Mended::of(file, &own, home, project, report);
        if mended.fixed.text.is_some() {
            if file.name.as_os_str() == "-" {
                return Err(Error::new("--fix cannot write to standard input").with_hint("name the file"));
            }
            match home {
                Some(Home::Kept(_, Some(status))) if was_run(status, &file.name) => {
                    let message = "it has been run, and stays as it is";
                    let note = Diagnostic::warning(file.name.display().to_string(), message)
                        .with_hint("mend it with a new migration: pgkeel migrate new");
                    report.diagnostics(&[note]);
                    mended.fixed.is_mended.fill(false);
                }
                home => {
                    is_history_unknown |= matches!(home, Some(Home::Kept(_, None) | Home::Else(_)));
                    mended.write(file, report)?;
                }
            }
        }
        let kept = own
            .iter()
            .zip(&mended.fixed.is_mended)
            .filter(|(_, is_mended)| !**is_mended);
        staying.extend(kept.map(|(hit, _)| hit.finding.clone()));
    }
    if is_history_unknown {
        report.say(
            "whether they have been run is not known here, and one that has been run has to stay as it was: \
             --source with the database's URL looks at its history",
        );
    }
    Ok(staying)
}

/// What a file is one of.
enum Home {
    /// A folder whose history pgkeel keeps, and how the database stands to it, where that can be asked.
    Kept(Folder, Option<Status>),
    /// One of another tool's.
    Else(Migrations),
}

impl Home {
    fn has(&self, file: &Path) -> bool {
        match self {
            Self::Kept(folder, _) => is_one_of(folder, file),
            Self::Else(found) => found.files.iter().any(|one| behind::is_same(&one.path, file)),
        }
    }

    fn files_behind(&self, file: &Path, parts: &[Part]) -> Result<Vec<NewFile>> {
        match self {
            Self::Kept(folder, _) => write::files_behind(folder, file, parts),
            Self::Else(found) => behind::files_behind(found, file, parts),
        }
    }
}

/// A file with what it would be, and what comes behind it.
struct Mended {
    fixed: Fixed,
    behind: Vec<NewFile>,
}

impl Mended {
    fn of(file: &File, hits: &[&Hit], home: Option<&Home>, project: &Project, report: Report) -> Self {
        let name = file.name.display();
        let alone = || Self {
            fixed: lint::fixed(file, hits, Next::Never),
            behind: Vec::new(),
        };
        // A statement between such marks cannot leave without them.
        let is_marked = file.text.contains("+goose StatementBegin");
        let Some(home) = home.filter(|_| !is_marked) else {
            let alone = alone();
            if alone.fixed.apart > 0 {
                let advice = match file.mark {
                    Some(mark) => format!("move each such statement to a file of its own that begins with `{mark}`"),
                    None => "move each such statement to a file of its own that runs without a transaction".to_owned(),
                };
                let many = counted(alone.fixed.apart, "finding");
                report.say(&format!(
                    "{name}: {many} would be mended outside of its transaction: {advice}"
                ));
            }
            return alone;
        };
        let next = Next::Files {
            lock_timeout: super::is_timed(project),
            refills: matches!(home, Home::Kept(..)),
        };
        let fixed = lint::fixed(file, hits, next);
        for (at, obstacle) in &fixed.obstacles {
            let finding = &hits[*at].finding;
            let line = finding.location.as_ref().map_or(0, |location| location.line);
            report.say(&format!(
                "{name}:{line}: {} is not mended in another file: {obstacle}",
                finding.rule
            ));
        }
        let parts = fixed.next.iter().map(|part| Part {
            sql: part.sql.clone(),
            is_transaction: part.is_transaction,
        });
        let parts = parts.collect::<Vec<_>>();
        let behind = match parts.is_empty() {
            true => Ok(Vec::new()),
            false => home.files_behind(&file.name, &parts),
        };
        match behind {
            Ok(behind) => Self { fixed, behind },
            Err(error) => {
                let hint = error.hint().unwrap_or_default().to_owned();
                report.diagnostics(&[Diagnostic::warning(name.to_string(), error.to_string()).with_hint(hint)]);
                alone()
            }
        }
    }

    /// Writes what comes behind first: half of it run twice fails, half of it lost would not be noticed.
    fn write(&self, file: &File, report: Report) -> Result<()> {
        let Some(text) = &self.fixed.text else { return Ok(()) };
        write::write(&self.behind)?;
        if let Err(error) = replace(&file.name, text.as_bytes()) {
            for new in &self.behind {
                let _ = std::fs::remove_file(&new.path);
            }
            return Err(error);
        }
        let many = counted(self.fixed.mended, "finding");
        report.done(&format!("mended {many} in {}", file.name.display()));
        for new in &self.behind {
            report.done(&format!("wrote {}", new.path.display()));
        }
        Ok(())
    }
}

fn directory_of(file: &Path) -> PathBuf {
    let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty());
    parent.unwrap_or(Path::new(".")).to_owned()
}

/// The migrations that those in the directory are some of, where pgkeel writes files of their kind.
async fn home_at(directory: &Path, reading: Option<&Reading>, project: &Project) -> Option<Home> {
    if let Some(folder) = folder_at(directory, project) {
        let status = status(&folder, reading).await;
        return Some(Home::Kept(folder, status));
    }
    // diesel has a folder for each migration.
    let above = directory.parent().filter(|above| !above.as_os_str().is_empty());
    let found = [Some(directory), Some(above.unwrap_or(Path::new(".")))]
        .into_iter()
        .flatten();
    let mut found = found.filter_map(|folder| scratch::migrations(folder).ok());
    found.find(|found| behind::is_known(found.layout)).map(Home::Else)
}

/// The folder of migrations there, where it is of a layout whose history pgkeel keeps.
fn folder_at(directory: &Path, project: &Project) -> Option<Folder> {
    let layout = match project.config.migrations.layout {
        Some(layout) => layout,
        None => folder::detect(directory, uses_sqlx(project)).ok()?,
    };
    folder::read(directory, layout).ok()
}

fn is_one_of(folder: &Folder, file: &Path) -> bool {
    let mut migrations = folder.migrations.iter();
    migrations.any(|migration| migration.up.path.file_name() == file.file_name())
}

/// How the database stands to the folder, where one was named and can be asked.
async fn status(folder: &Folder, reading: Option<&Reading>) -> Option<Status> {
    let Source::Database(url) = &reading?.source else {
        return None;
    };
    let target = Target {
        url: url.clone(),
        schema: None,
    };
    run::status(&target, folder, &Options::default()).await.ok()
}

fn was_run(status: &Status, file: &Path) -> bool {
    let is_it = |path: &Path| path.file_name() == file.file_name();
    let mut entries = status.entries.iter();
    let entry = entries.find(|entry| entry.path.as_deref().is_some_and(is_it));
    entry.is_some_and(|entry| !matches!(entry.state, State::Pending | State::OutOfOrder { .. }))
}

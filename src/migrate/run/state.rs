//! The folder held against the history: what is done, what is to do, and what does not fit.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::folder::{Folder, Migration, Version};
use super::history::{Applied, Progress};
use crate::config::MigrationLayout;
use crate::{Error, Result};

/// How a database stands to a folder of migrations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Whose history it is.
    pub layout: MigrationLayout,
    /// Every version that the folder or the history has, in order.
    pub entries: Vec<Entry>,
}

/// One version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What identifies it.
    pub version: Version,
    /// What it is about.
    pub name: String,
    /// How it stands.
    pub state: State,
    /// Its file, where it has one.
    pub path: Option<PathBuf>,
    /// When it was run, as ISO 8601 in UTC, where the history tells.
    pub applied_at: Option<String>,
}

/// How a version stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Run, as its file is now.
    Applied,
    /// Not run, and newer than all that were.
    Pending,
    /// Not run, although a newer one was.
    OutOfOrder {
        /// The newest that was run.
        newest: Version,
    },
    /// Run, and its file was changed since.
    Edited,
    /// Run, and not in the folder.
    Missing {
        /// Whether it is newer than all of the folder: another branch ran it.
        is_ahead: bool,
        /// The version that has the same statements now.
        renumbered: Option<Version>,
    },
    /// Several files have this version.
    Duplicate {
        /// All of them.
        files: Vec<PathBuf>,
    },
    /// Some of its segments are committed, and some are not.
    HalfDone {
        /// Whether it was on its way back.
        is_down: bool,
        /// How many are committed.
        done: usize,
        /// How many there are.
        segments: usize,
    },
    /// Recorded as failed, by another tool.
    Failed,
}

/// How far to go back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Back {
    /// So many migrations.
    Steps(usize),
    /// To this version, which stays.
    To(Version),
}

/// What is wrong with a version, and what cures it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// A name for the kind of it.
    pub rule: &'static str,
    /// What is the matter: a lowercase fragment that names the version.
    pub message: String,
    /// What to do.
    pub cure: String,
}

/// Holds `folder` against what was run.
pub(super) fn compare(folder: &Folder, applied: &[Applied], progress: &[Progress]) -> Status {
    let files: BTreeMap<&Version, &Migration> = folder.migrations.iter().map(|file| (&file.version, file)).collect();
    let rows: BTreeMap<&Version, &Applied> = applied.iter().map(|row| (&row.version, row)).collect();
    let half: BTreeMap<&Version, &Progress> = progress.iter().map(|row| (&row.version, row)).collect();
    let mut versions: Vec<&Version> = files.keys().chain(rows.keys()).chain(half.keys()).copied().collect();
    versions.sort();
    versions.dedup();
    let newest_row = rows.keys().next_back().copied();
    let newest_file = files.keys().next_back().copied();
    let state = |version: &Version| {
        if let Some(files) = folder.duplicates.get(version) {
            return State::Duplicate { files: files.clone() };
        }
        if let Some(half) = half.get(version) {
            return State::HalfDone {
                is_down: half.is_down,
                done: half.done,
                segments: half.segments,
            };
        }
        match (files.get(version), rows.get(version)) {
            (_, Some(row)) if !row.success => State::Failed,
            (Some(file), Some(row)) => match &row.checksum {
                Some(checksum) if *checksum != file.checksum => State::Edited,
                _ => State::Applied,
            },
            (None, Some(row)) => State::Missing {
                is_ahead: newest_file.is_none_or(|newest| version > newest),
                renumbered: renumbered(folder, row, &rows),
            },
            (_, None) => match newest_row {
                Some(newest) if newest > version => State::OutOfOrder { newest: newest.clone() },
                _ => State::Pending,
            },
        }
    };
    let entries = versions.into_iter().map(|version| Entry {
        version: version.clone(),
        name: files
            .get(version)
            .map(|file| file.name.clone())
            .or_else(|| rows.get(version).map(|row| row.name.clone()))
            .unwrap_or_default(),
        state: state(version),
        path: files.get(version).map(|file| file.up.path.clone()),
        applied_at: rows.get(version).and_then(|row| row.applied_at.clone()),
    });
    Status {
        layout: folder.layout,
        entries: entries.collect(),
    }
}

/// The version under which the folder has what `row` has run, where that was not run itself.
fn renumbered(folder: &Folder, row: &Applied, rows: &BTreeMap<&Version, &Applied>) -> Option<Version> {
    let mut same = folder
        .migrations
        .iter()
        .filter(|file| row.checksum.as_ref() == Some(&file.checksum) && !rows.contains_key(&file.version));
    same.next().map(|file| file.version.clone())
}

impl Status {
    /// What `up` runs, in order: all that is pending, up to `to`.
    ///
    /// # Errors
    /// Where something does not fit, with its cure; or `to` is not in the folder.
    pub fn to_run(&self, to: Option<&Version>, out_of_order: bool) -> Result<Vec<&Entry>> {
        self.refuse(|state| match state {
            State::Applied | State::Pending | State::HalfDone { is_down: false, .. } => false,
            State::OutOfOrder { .. } => !out_of_order,
            _ => true,
        })?;
        if let Some(to) = to {
            self.file(to)?;
        }
        let is_wanted = |entry: &&Entry| {
            let is_open = !matches!(entry.state, State::Applied);
            is_open && to.is_none_or(|to| entry.version <= *to)
        };
        Ok(self.entries.iter().filter(is_wanted).collect())
    }

    /// What `down` undoes, in order: the newest first.
    ///
    /// # Errors
    /// Where something does not fit, with its cure; or the version to go back to was never run.
    pub fn to_undo(&self, back: &Back) -> Result<Vec<&Entry>> {
        self.refuse(|state| {
            matches!(
                state,
                State::Duplicate { .. } | State::Failed | State::HalfDone { is_down: false, .. }
            )
        })?;
        let was_run = |entry: &&Entry| !matches!(entry.state, State::Pending | State::OutOfOrder { .. });
        let newest_first = self.entries.iter().rev().filter(was_run);
        match back {
            Back::Steps(count) => Ok(newest_first.take(*count).collect()),
            Back::To(to) => {
                let is_start = to.as_str().bytes().all(|digit| digit == b'0');
                if !is_start && !self.entries.iter().filter(was_run).any(|entry| entry.version == *to) {
                    return Err(Error::new(format!(
                        "the migration {to} has not been run, so nothing goes back to it"
                    ))
                    .with_hint("pgkeel migrate status lists those that have; --to 0 goes back to the start"));
                }
                Ok(newest_first.take_while(|entry| entry.version > *to).collect())
            }
        }
    }

    /// The entry of a version that the folder has.
    ///
    /// # Errors
    /// Where it has none.
    pub fn file(&self, version: &Version) -> Result<&Entry> {
        let found = self.entries.iter().find(|entry| entry.version == *version);
        found.filter(|entry| entry.path.is_some()).ok_or_else(|| {
            Error::new(format!("there is no migration {version} in the folder"))
                .with_hint("pgkeel migrate status lists those that are there")
        })
    }

    /// What is wrong, in order.
    pub fn problems(&self) -> Vec<Problem> {
        self.entries.iter().filter_map(Entry::problem).collect()
    }

    fn refuse(&self, is_wrong: impl Fn(&State) -> bool) -> Result<()> {
        let wrong = self.entries.iter().filter(|entry| is_wrong(&entry.state));
        let problems: Vec<Problem> = wrong.filter_map(Entry::problem).collect();
        let Some((first, others)) = problems.split_first() else {
            return Ok(());
        };
        let mut error = Error::new(first.message.clone()).with_hint(first.cure.clone());
        if !others.is_empty() {
            let others = others.iter().map(|problem| problem.message.as_str());
            error = error.with_detail(format!("also: {}", others.collect::<Vec<_>>().join("; ")));
        }
        Err(error)
    }
}

impl Entry {
    /// The word for how it stands.
    pub fn word(&self) -> &'static str {
        match self.state {
            State::Applied => "applied",
            State::Pending => "pending",
            State::OutOfOrder { .. } => "out of order",
            State::Edited => "edited",
            State::Missing { .. } => "missing",
            State::Duplicate { .. } => "duplicate",
            State::HalfDone { .. } => "half done",
            State::Failed => "failed",
        }
    }

    /// What is wrong with it.
    pub fn problem(&self) -> Option<Problem> {
        let version = &self.version;
        let problem = |rule, message: String, cure: String| Some(Problem { rule, message, cure });
        match &self.state {
            State::Applied | State::Pending => None,
            State::OutOfOrder { newest } => problem(
                "migration-out-of-order",
                format!("{version} has not been run, although the newer {newest} has"),
                format!(
                    "give it a version after {newest}, so that every database runs both in the same order; or run it now, \
                     with --out-of-order"
                ),
            ),
            State::Edited => problem(
                "migration-edited",
                format!("the file of {version} was changed after it was run"),
                format!(
                    "put it back as it was, and make the change in a new migration; if both do the same: \
                     pgkeel migrate repair --accept {version}"
                ),
            ),
            State::Missing {
                renumbered: Some(now), ..
            } => problem(
                "migration-renumbered",
                format!("{version} was run, and the folder has it as {now}"),
                format!(
                    "rename the file back to {version}; or let the history follow: pgkeel migrate repair --remove {version}, \
                     then pgkeel migrate baseline {now}"
                ),
            ),
            State::Missing { is_ahead: true, .. } => problem(
                "migration-of-another-branch",
                format!("{version} was run, and is newer than all in this folder"),
                format!(
                    "another branch has run it: merge or check out that branch; if it is given up: \
                     pgkeel migrate repair --remove {version}"
                ),
            ),
            State::Missing { .. } => problem(
                "migration-missing",
                format!("{version} was run, and its file is not in the folder"),
                format!(
                    "get the file back from version control; if it is gone for good: pgkeel migrate repair --remove {version}"
                ),
            ),
            State::Duplicate { files } => {
                let names: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
                problem(
                    "migration-duplicate",
                    format!("{version} is the version of {}", names.join(" and ")),
                    "two branches took the same version: rename the file that was not run anywhere yet to a newer one"
                        .to_owned(),
                )
            }
            State::HalfDone {
                is_down,
                done,
                segments,
            } => {
                let (way, command) = if *is_down { (" back", "down") } else { ("", "up") };
                problem(
                    "migration-half-done",
                    format!("{version} is half done{way}: {done} of {segments} segments"),
                    format!("finish it: pgkeel migrate {command} goes on where it was"),
                )
            }
            State::Failed => problem(
                "migration-failed",
                format!("{version} is recorded as failed"),
                format!("mend by hand what it left, then forget it: pgkeel migrate repair --clear {version}"),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::SqlFile;

    fn version(number: u32) -> Version {
        Version::parse(&number.to_string(), MigrationLayout::Pgkeel).unwrap()
    }

    fn folder(numbers: &[u32]) -> Folder {
        let migration = |number: &u32| Migration {
            version: version(*number),
            name: format!("m{number}"),
            up: SqlFile {
                path: format!("{number}.sql").into(),
                text: String::new(),
            },
            down: None,
            checksum: vec![u8::try_from(*number).unwrap()],
        };
        Folder {
            layout: MigrationLayout::Pgkeel,
            directory: "migrations".into(),
            migrations: numbers.iter().map(migration).collect(),
            duplicates: BTreeMap::new(),
            notes: Vec::new(),
        }
    }

    fn applied(number: u32, checksum: u8) -> Applied {
        Applied {
            version: version(number),
            name: format!("m{number}"),
            checksum: Some(vec![checksum]),
            success: true,
            applied_at: None,
        }
    }

    fn words(status: &Status) -> String {
        let words = status
            .entries
            .iter()
            .map(|entry| format!("{} {}", entry.version, entry.word()));
        words.collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn each_thing_that_does_not_fit_is_told_apart() {
        let status = compare(
            &folder(&[1, 2, 3, 7, 9]),
            &[
                applied(1, 1),
                applied(2, 99),
                applied(4, 44),
                applied(6, 7),
                applied(8, 88),
            ],
            &[],
        );
        assert_eq!(
            words(&status),
            "1 applied, 2 edited, 3 out of order, 4 missing, 6 missing, 7 out of order, 8 missing, 9 pending"
        );
        let rules: Vec<&str> = status.problems().iter().map(|problem| problem.rule).collect();
        assert_eq!(
            rules,
            [
                "migration-edited",
                "migration-out-of-order",
                "migration-missing",
                "migration-renumbered",
                "migration-out-of-order",
                "migration-missing"
            ]
        );
        let error = status.to_run(None, true).unwrap_err();
        assert!(error.to_string().starts_with("the file of 2"), "{error}");
        assert!(error.detail().unwrap().contains("4 was run"), "{error:?}");
    }

    #[test]
    fn another_branch_is_ahead() {
        let status = compare(&folder(&[1]), &[applied(1, 1), applied(2, 2)], &[]);
        assert_eq!(status.problems()[0].rule, "migration-of-another-branch");
    }

    #[test]
    fn old_ones_run_late_only_where_that_is_asked_for() {
        let status = compare(&folder(&[1, 2, 3]), &[applied(2, 2)], &[]);
        assert!(status.to_run(None, false).is_err());
        let late = status.to_run(None, true).unwrap();
        assert_eq!(late.len(), 2);
        assert_eq!(status.to_run(Some(&version(1)), true).unwrap().len(), 1);
        assert!(status.to_run(Some(&version(5)), true).is_err());
    }

    #[test]
    fn the_way_back_begins_with_the_newest() {
        let status = compare(&folder(&[1, 2, 3]), &[applied(1, 1), applied(2, 2)], &[]);
        let undone = |back| -> Vec<String> {
            let entries = status.to_undo(&back).unwrap();
            entries.iter().map(|entry| entry.version.to_string()).collect()
        };
        assert_eq!(undone(Back::Steps(1)), ["2"]);
        assert_eq!(undone(Back::Steps(9)), ["2", "1"]);
        assert_eq!(undone(Back::To(version(1))), ["2"]);
        assert_eq!(undone(Back::To(version(0))), ["2", "1"]);
        assert!(status.to_undo(&Back::To(version(3))).is_err());
    }

    #[test]
    fn what_is_half_done_goes_on_the_way_it_was_going() {
        let half = |is_down| Progress {
            version: version(1),
            is_down,
            checksum: Vec::new(),
            segments: 3,
            done: 1,
            started: false,
            indexes: None,
            elapsed: 0,
        };
        let up = compare(&folder(&[1, 2]), &[], &[half(false)]);
        assert_eq!(up.to_run(None, false).unwrap().len(), 2);
        assert!(up.to_undo(&Back::Steps(1)).is_err());
        let down = compare(&folder(&[1]), &[applied(1, 1)], &[half(true)]);
        assert!(
            down.to_run(None, false)
                .unwrap_err()
                .hint()
                .unwrap()
                .contains("migrate down")
        );
        assert_eq!(down.to_undo(&Back::Steps(1)).unwrap().len(), 1);
    }
}

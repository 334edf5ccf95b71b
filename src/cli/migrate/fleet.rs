//! `pgkeel migrate … --fleet`: many databases, or many schemas of one.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use super::{Settings, as_json, counted, finish_dry_run, is_agreed, pending, running, show, tell_problems, undoing};
use crate::cli::args::migrate::{Down, Status as StatusWords, Up};
use crate::cli::exit::Exit;
use crate::cli::report::{self, Report};
use crate::cli::source;
use crate::config::load::Project;
use crate::migrate::run::{Status, fleet};
use crate::redact::redact;
use crate::{Error, Result};

/// Runs what is pending everywhere: one first, then several at a time.
pub(super) async fn up(file: &Path, words: &Up, project: &Project, report: Report) -> Result<Exit> {
    let mut settings = Settings::for_fleet(&words.common, words.lock_timeout.as_ref(), project, report)?;
    settings.options.out_of_order = words.out_of_order;
    let to = words.to.as_deref().map(|to| settings.version(to)).transpose()?;
    let targets = fleet::targets(file, &|name| source::variable(project, name)).await?;
    if words.dry_run {
        let found = fleet::status(&targets, &settings.folder, &settings.options, words.jobs).await;
        return dry_run(
            &found,
            |status| running(status, to.as_ref(), words, &settings.folder),
            report,
        );
    }
    let pace = fleet::Pace {
        jobs: words.jobs,
        max_failures: words.max_failures,
    };
    let tell: fleet::FleetReport = Arc::new(move |name, event| show(report, Some(name), &event));
    let work = fleet::Work::Up { to };
    let outcomes = fleet::run(&targets, &settings.folder, &work, &settings.options, pace, &tell).await;
    let done = |count| match count {
        0 => "nothing was pending".to_owned(),
        count => format!("{} run", counted(count)),
    };
    ended(&outcomes, done, report)
}

/// Shows for each target what would be run there. One that cannot be looked at, or would be refused, hides no other.
fn dry_run(
    found: &BTreeMap<String, Result<Status>>,
    running: impl Fn(&Status) -> Result<String>,
    report: Report,
) -> Result<Exit> {
    let mut text = String::new();
    let failed = each(found, running, report, |name, sql| {
        let _ = match sql.is_empty() {
            true => writeln!(text, "-- {name}: nothing is pending"),
            false => writeln!(text, "-- {name}\n{sql}"),
        };
    });
    let exit = finish_dry_run(&text, report)?;
    if failed > 0 {
        return Err(Error::new(format!(
            "of {} targets {failed} could not be run, and nothing was run in any",
            found.len()
        ))
        .with_hint("run it again when the cause is gone, or take them out of the file"));
    }
    Ok(exit)
}

/// Hands on what each target's status comes to, tells of those that have none, and says how many these are.
fn each<'a, T>(
    found: &'a BTreeMap<String, Result<Status>>,
    told: impl Fn(&'a Status) -> Result<T>,
    report: Report,
    mut hand_on: impl FnMut(&String, T),
) -> usize {
    let mut failed = 0;
    for (name, status) in found {
        let mut fail = |error: &Error| {
            failed += 1;
            report.say(&format!("{name} failed:"));
            report.error(error);
        };
        match status.as_ref().map(&told) {
            Ok(Ok(told)) => hand_on(name, told),
            Ok(Err(error)) => fail(&error),
            Err(error) => fail(error),
        }
    }
    failed
}

/// Goes back to one version everywhere, once it is known of each target what that undoes there.
pub(super) async fn down(file: &Path, words: &Down, project: &Project, report: Report) -> Result<Exit> {
    let settings = Settings::for_fleet(&words.common, words.lock_timeout.as_ref(), project, report)?;
    let back = settings.back(words)?;
    let targets = fleet::targets(file, &|name| source::variable(project, name)).await?;
    let found = fleet::status(&targets, &settings.folder, &settings.options, words.jobs).await;
    let (mut text, mut lines, mut agreed) = (String::new(), Vec::new(), BTreeMap::new());
    let undoes = |status| undoing(status, &back, &settings.folder);
    let failed = each(&found, undoes, report, |name, (sql, entries)| {
        let _ = writeln!(text, "-- {name}\n{sql}");
        let told = entries.iter();
        lines.extend(told.map(|entry| format!("{name}: {} {}", entry.version, entry.name)));
        let versions = entries.iter().map(|entry| entry.version.clone());
        agreed.insert(name.clone(), versions.collect::<Vec<_>>());
    });
    if failed > 0 {
        return Err(Error::new(format!(
            "of {} targets {failed} cannot go back, and nothing was undone in any",
            found.len()
        ))
        .with_hint("run it again when the cause is gone, or take them out of the file"));
    }
    if words.dry_run {
        return finish_dry_run(&text, report);
    }
    if !is_agreed(words, &lines, project, report) {
        return Ok(Exit::Refused);
    }
    let pace = fleet::Pace {
        jobs: words.jobs,
        max_failures: words.max_failures,
    };
    let tell: fleet::FleetReport = Arc::new(move |name, event| show(report, Some(name), &event));
    let work = fleet::Work::Down { back, agreed };
    let outcomes = fleet::run(&targets, &settings.folder, &work, &settings.options, pace, &tell).await;
    let done = |count| match count {
        0 => "nothing was run that could be undone".to_owned(),
        count => format!("{} undone", counted(count)),
    };
    ended(&outcomes, done, report)
}

/// Says what became of each target; `done` says how many migrations it was about.
fn ended(outcomes: &BTreeMap<String, fleet::Outcome>, done: impl Fn(usize) -> String, report: Report) -> Result<Exit> {
    let (mut failed, mut not_begun) = (0, 0);
    let mut text = String::new();
    for (name, outcome) in outcomes {
        let _ = match outcome {
            fleet::Outcome::Done(versions) => writeln!(text, "{name}: {}", done(versions.len())),
            fleet::Outcome::Failed(error) => {
                failed += 1;
                report.say(&format!("{name} failed:"));
                report.error(error);
                writeln!(text, "{name}: failed: {error}")
            }
            fleet::Outcome::NotBegun => {
                not_begun += 1;
                writeln!(text, "{name}: not begun")
            }
        };
    }
    report::print(&redact(&text))?;
    if failed + not_begun == 0 {
        return Ok(Exit::Clean);
    }
    Err(Error::new(format!(
        "of {} targets {failed} failed and {not_begun} were not begun",
        outcomes.len()
    ))
    .with_hint("run it again when the cause is gone: each goes on where it was"))
}

/// Shows how every target stands to the folder.
pub(super) async fn status(
    file: &Path,
    words: &StatusWords,
    project: &Project,
    report: Report,
    only_problems: bool,
) -> Result<Exit> {
    let settings = Settings::for_fleet(&words.common, None, project, report)?;
    let targets = fleet::targets(file, &|name| source::variable(project, name)).await?;
    let found = fleet::status(&targets, &settings.folder, &settings.options, words.jobs).await;
    let (mut failed, mut differ) = (0, 0);
    let mut text = String::new();
    let mut documents = Vec::new();
    for (name, status) in &found {
        match status {
            Ok(status) => {
                let (pending, problems) = (pending(status), status.problems().len());
                differ += usize::from(problems > 0 || (pending > 0 && !only_problems));
                let _ = match (pending, problems) {
                    (_, 0) if only_problems => writeln!(text, "{name}: the history and the folder fit"),
                    (0, 0) => writeln!(text, "{name}: nothing is pending"),
                    (pending, 0) => writeln!(text, "{name}: {} pending", counted(pending)),
                    _ => writeln!(text, "{name}: the history and the folder do not fit"),
                };
                tell_problems(&mut text, status);
                documents.push(as_json(status, name));
            }
            Err(error) => {
                failed += 1;
                report.say(&format!("{name} failed:"));
                report.error(error);
                let _ = writeln!(text, "{name}: failed: {error}");
                documents.push(serde_json::json!({ "database": name, "error": redact(&error.to_string()) }));
            }
        }
    }
    report::print(&match words.format.as_str() {
        "json" => format!("{:#}\n", serde_json::json!({ "version": 1, "targets": documents })),
        _ => redact(&text).into_owned(),
    })?;
    if failed > 0 {
        return Err(
            Error::new(format!("of {} targets {failed} could not be looked at", found.len()))
                .with_hint("run it again when the cause is gone"),
        );
    }
    Ok(if differ > 0 { Exit::Difference } else { Exit::Clean })
}

//! `pgkeel migrate … --fleet`: many databases, or many schemas of one.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use super::{Settings, as_json, counted, pending, show, tell_problems};
use crate::cli::args::migrate::{Status as StatusWords, Up};
use crate::cli::exit::Exit;
use crate::cli::report::{self, Report};
use crate::cli::source;
use crate::config::load::Project;
use crate::migrate::run::fleet;
use crate::redact::redact;
use crate::{Error, Result};

/// Runs what is pending everywhere: one first, then several at a time.
pub(super) async fn up(file: &Path, words: &Up, project: &Project, report: Report) -> Result<Exit> {
    let mut settings = Settings::for_fleet(&words.common, words.lock_timeout.as_ref(), project, report)?;
    settings.options.out_of_order = words.out_of_order;
    let to = words.to.as_deref().map(|to| settings.version(to)).transpose()?;
    let targets = fleet::targets(file, &|name| source::variable(project, name)).await?;
    let pace = fleet::Pace {
        jobs: words.jobs,
        max_failures: words.max_failures,
    };
    let tell: fleet::FleetReport = Arc::new(move |name, event| show(report, Some(name), &event));
    let outcomes = fleet::up(&targets, &settings.folder, to.as_ref(), &settings.options, pace, &tell).await;
    let (mut failed, mut not_begun) = (0, 0);
    let mut text = String::new();
    for (name, outcome) in &outcomes {
        let _ = match outcome {
            fleet::Outcome::Done(ran) if ran.is_empty() => writeln!(text, "{name}: nothing was pending"),
            fleet::Outcome::Done(ran) => writeln!(text, "{name}: {} run", counted(ran.len())),
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

//! What was run on the database against the folder of migrations.

use super::rules::HISTORY_PENDING;
use super::sides::{Sides, no_database};
use super::{Outcome, failed};
use crate::cli::args::check::Pair;
use crate::cli::migrate;
use crate::cli::report::Report;
use crate::config::load::Project;
use crate::finding::{Finding, Severity};
use crate::migrate::run::{Entry, State};

/// Compares both, version by version.
pub(super) async fn compare(sides: &Sides, project: &Project, report: Report) -> Outcome {
    let Some(url) = &sides.url else {
        return Outcome::Absent(no_database(project));
    };
    if sides.folder.is_none() {
        return Outcome::Absent("there is no folder of migrations".to_owned());
    }
    match migrate::history(url, project, report).await {
        Ok(status) => Outcome::Compared(status.entries.iter().filter_map(finding).collect()),
        Err(error) => Outcome::Failed(vec![failed(Pair::History, &error)]),
    }
}

fn finding(entry: &Entry) -> Option<Finding> {
    let subject = format!("migration {}", entry.version);
    let mut finding = match entry.problem() {
        Some(problem) => Finding::new(problem.rule, Severity::Error, subject, problem.message).with_hint(problem.cure),
        None if entry.state == State::Pending => {
            let message = format!("{} is in the folder, and was not run on the database", entry.version);
            Finding::new(HISTORY_PENDING, Severity::Warning, subject, message).with_hint("`pgkeel migrate up` runs it")
        }
        None => return None,
    };
    if let Some(path) = &entry.path {
        finding = finding.at(path, 1, 1);
    }
    Some(finding)
}

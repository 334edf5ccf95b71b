//! What an audit, an advisor, a linter or a drift check has found: which of it counts, and how it is shown.

mod baseline;
mod excerpt;
mod github;
mod human;
pub(super) mod json;
mod junit;
mod locate;
mod sarif;

pub(super) use json::{Comparison, Outcome};
pub(super) use locate::locate;

use baseline::Baseline;

use super::args::findings::{Counting, FailOn, FindingsFormat};
use super::exit::Exit;
use super::report::{self, Report};
use crate::config::load::unknown;
use crate::diagnostic::Diagnostic;
use crate::finding::{self, About, Finding, Severity};
use crate::introspect::REFUSED;
use crate::{Error, Result};

/// Findings and the rules that they are of.
pub(super) struct Shown<'a> {
    /// The command, such as `rls audit`.
    pub(super) command: &'a str,
    /// What was found, sorted.
    pub(super) findings: &'a [Finding],
    /// Every rule that looked.
    pub(super) rules: &'a [About],
    /// The file that a finding without a place of its own is shown at, relative to the repository.
    file: String,
}

impl<'a> Shown<'a> {
    /// What `command` has found by these rules. `file` is where a finding without a place of its own is shown.
    pub(super) fn new(command: &'a str, findings: &'a [Finding], rules: &'a [About], file: impl Into<String>) -> Self {
        Self {
            command,
            findings,
            rules,
            file: file.into(),
        }
    }

    fn about(&self, finding: &Finding) -> Option<&About> {
        self.rules.iter().find(|about| about.id == finding.rule)
    }
}

/// Shows the findings on standard output.
pub(super) fn show(shown: &Shown<'_>, format: FindingsFormat, report: Report) -> Result<()> {
    match format {
        FindingsFormat::Human => report.findings(&human::text(shown)),
        FindingsFormat::Json => report::print(&json::text(shown.findings)),
        FindingsFormat::Github => report::print(&github::text(shown)),
        FindingsFormat::Sarif => report::print(&sarif::text(shown)),
        FindingsFormat::Junit => report::print(&junit::text(shown)),
        FindingsFormat::JsonSchema => print_schema(),
    }
}

/// Shows the findings and the comparisons of `check` as JSON on standard output.
pub(super) fn show_comparisons(findings: &[Finding], comparisons: Vec<Comparison>) -> Result<()> {
    let document = json::Document {
        version: 1,
        findings,
        comparisons: Some(comparisons),
    };
    report::print(&json::document(&document))
}

/// Prints what the JSON form means.
pub(super) fn print_schema() -> Result<()> {
    report::print(&json::schema())
}

/// The exit code for what was found.
pub(super) fn exit(findings: &[Finding], fail_on: FailOn) -> Exit {
    let least = match fail_on {
        FailOn::Error => Severity::Error,
        FailOn::Warning => Severity::Warning,
        FailOn::Info => Severity::Info,
    };
    match findings.iter().any(|finding| finding.severity <= least) {
        true => Exit::Difference,
        false => Exit::Clean,
    }
}

/// The same, where nothing of what was noticed on the way says that not everything could be looked at: then a schema in
/// which nothing was found has no clean bill.
pub(super) fn exit_whole<'a>(
    findings: &[Finding],
    fail_on: FailOn,
    mut noticed: impl Iterator<Item = &'a Diagnostic>,
) -> Exit {
    match exit(findings, fail_on) {
        Exit::Clean if noticed.any(|noticed| noticed.is_gap) => Exit::Failure,
        exit => exit,
    }
}

/// Refuses to go on where a part of the catalog that rules build on could not be read: without it, what is there would look
/// as if it were not. `vain` is what cannot be done then.
pub(super) fn check_complete(noticed: &[Diagnostic], needed: &[&str], vain: &str) -> Result<()> {
    let is_missing = |noticed: &&Diagnostic| noticed.message == REFUSED && needed.contains(&noticed.subject.as_str());
    match noticed.iter().find(is_missing) {
        None => Ok(()),
        Some(missing) => Err(Error::new(format!(
            "the role may not read {}, without which {vain}",
            missing.subject.replace('_', " ")
        ))
        .with_hint("ask as a role that can see the system catalogs")),
    }
}

/// What tells a finding about no text from others in a baseline.
pub(super) fn alone(finding: &Finding) -> (&Finding, &str) {
    (finding, "")
}

/// What the baseline does not know, each by its finding and the text that it is about; nothing where it was written to
/// the baseline instead.
///
/// # Errors
/// Where the baseline cannot be read or written.
pub(super) fn fresh<T>(
    found: Vec<T>,
    counting: &Counting,
    known_by: impl Fn(&T) -> (&Finding, &str),
    report: Report,
) -> Result<Option<Vec<T>>> {
    let Some(path) = &counting.baseline else {
        return Ok(Some(found));
    };
    if counting.write_baseline {
        let baseline = Baseline::of(found.iter().map(known_by));
        baseline.write(path)?;
        report.done(&format!("wrote {} with {} findings", path.display(), baseline.len()));
        return Ok(None);
    }
    let baseline = Baseline::read(path)?;
    let count = found.len();
    let gone = baseline.gone(found.iter().map(|found| known_by(found).0));
    let is_new = |found: &T| {
        let (finding, text) = known_by(found);
        !baseline.has(finding, text)
    };
    let fresh = found.into_iter().filter(is_new).collect::<Vec<_>>();
    if count > fresh.len() {
        report.say(&format!("{} findings are in {}", count - fresh.len(), path.display()));
    }
    if gone > 0 {
        report.say(&format!(
            "{gone} more of {} are not found any more: --write-baseline leaves them out",
            path.display()
        ));
    }
    Ok(Some(fresh))
}

/// The findings that are not accepted by one of `allowed`: a rule, or `rule:subject`. `key` is where it stands in the
/// configuration; empty where it does not.
///
/// # Errors
/// Where a rule is named that there is not.
pub(super) fn unaccepted<'a>(
    findings: Vec<Finding>,
    allowed: impl Iterator<Item = &'a String> + Clone,
    rules: &[About],
    key: &str,
) -> Result<Vec<Finding>> {
    let place = match key {
        "" => "--allow".to_owned(),
        key => format!("--allow or {key}"),
    };
    check_rules(allowed.clone(), rules, &place)?;
    let is_accepted = |finding: &Finding| allowed.clone().any(|wish| finding.is_named(wish));
    Ok(findings.into_iter().filter(|finding| !is_accepted(finding)).collect())
}

/// The findings, with those for errors that one of `denied` names: a rule, or `rule:subject`. `key` is where it stands in
/// the configuration.
///
/// # Errors
/// Where a rule is named that there is not.
pub(super) fn denied(
    mut findings: Vec<Finding>,
    denied: &[String],
    rules: &[About],
    key: &str,
) -> Result<Vec<Finding>> {
    check_rules(denied.iter(), rules, key)?;
    for finding in &mut findings {
        if denied.iter().any(|wish| finding.is_named(wish)) {
            finding.severity = Severity::Error;
        }
    }
    finding::sort(&mut findings);
    Ok(findings)
}

/// Refuses a rule that there is not, with the nearest that there is.
fn check_rules<'a>(wishes: impl Iterator<Item = &'a String>, rules: &[About], place: &str) -> Result<()> {
    let known = rules.iter().map(|about| about.id).collect::<Vec<_>>();
    for wish in wishes {
        let rule = wish.split_once(':').map_or(wish.as_str(), |(rule, _)| rule);
        if known.iter().any(|id| finding::is_rule(id, rule)) {
            continue;
        }
        let rule = rule.replace('_', "-");
        return Err(unknown(format!("{place}: there is no rule `{rule}`"), &rule, &known));
    }
    Ok(())
}

/// The word for a severity.
fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    }
}

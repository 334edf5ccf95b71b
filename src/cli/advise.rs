//! `pgkeel advise`.

#[cfg(unix)]
mod workload;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::ops::Bound;

use super::args::advise::{Advise, AdviseFormat};
use super::exit::Exit;
use super::findings::{self, Shown};
use super::mend;
use super::report::{self, Report};
use super::rls;
use super::source::{Reading, Side};
use crate::access::audit;
use crate::advise::{self, Context, RULES};
use crate::config::load::Project;
use crate::diagnostic::Diagnostic;
use crate::finding::{self, About, Finding};
use crate::introspect::Depth;
use crate::{Result, lint};

/// Runs the command.
pub(super) async fn run(words: &Advise, project: &Project, report: Report) -> Result<Exit> {
    if let Some(name) = &words.workload {
        #[cfg(unix)]
        return workload::run(name, words, project, report).await;
        #[cfg(not(unix))]
        return Err(crate::Error::new(format!(
            "`--workload {name}` needs a scratch server, which pgkeel starts on Linux and macOS only"
        ))
        .with_hint("without it, advice goes by the schema and by what the server has counted"));
    }
    let mut reading = Reading::new(&words.source, project, report)?;
    reading.wants_usage = true;
    reading.wants_facts = true;
    let side = reading.side(Depth::Whole, report).await?;
    report.diagnostics(&side.diagnostics);
    let (found, noticed) = all_found(&side, &words.counting.allow, project)?;
    report.diagnostics(&noticed);
    let Some(mut found) = findings::fresh(found, &words.counting, findings::alone, report)? else {
        return Ok(Exit::Clean);
    };
    findings::locate(&mut found, &reading.source);
    let rules = RULES.iter().map(|rule| rule.about);
    let about = rules
        .chain(rules_of_policies().map(|rule| rule.about))
        .collect::<Vec<_>>();
    match words.format {
        AdviseFormat::Sql => report::print(&statements(&found))?,
        AdviseFormat::Findings(format) => {
            let shown = Shown::new("advise", &found, &about, reading.source.file());
            findings::show(&shown, format, report)?;
        }
    }
    let noticed = side.diagnostics.iter().chain(&noticed);
    if let Some(name) = &words.write {
        let staying = mend::write(name, &found, &side, &reading, project, report).await?;
        let staying = staying.into_iter().cloned().collect::<Vec<_>>();
        return Ok(exit(&staying, words, noticed));
    }
    Ok(exit(&found, words, noticed))
}

/// What could be better in a schema that was read with its usage and the facts that the audit wants, the worst first, and
/// what could not be looked at: of the schema and of its policies' speed, where it is not accepted.
pub(super) fn all_found(side: &Side, allow: &[String], project: &Project) -> Result<(Vec<Finding>, Vec<Diagnostic>)> {
    let (mut found, mut noticed) = found(side, allow, project)?;
    let (slow, unseen) = of_policies(side, &found, allow, project)?;
    found.extend(slow);
    noticed.extend(unseen);
    finding::sort(&mut found);
    Ok((found, noticed))
}

/// What could be better in a schema that was read with its usage and is not accepted, and what could not be looked at;
/// what makes policies slow is the audit's to say, too.
pub(super) fn found(side: &Side, allow: &[String], project: &Project) -> Result<(Vec<Finding>, Vec<Diagnostic>)> {
    check_complete(&side.diagnostics)?;
    let (found, noticed) = advise::advise(&Context::new(&side.catalog, side.usage.as_ref()));
    Ok((weighed(found, allow, project)?, noticed))
}

/// The rules of the audit that are about speed rather than access.
fn rules_of_policies() -> impl Iterator<Item = &'static audit::Rule> {
    const IDS: [&str; 5] = [
        "auth-rls-initplan",
        "index-dead-under-rls",
        "multiple-permissive-policies",
        "rls-per-row-function",
        "unindexed-policy-column",
    ];
    audit::RULES.iter().filter(|rule| IDS.contains(&rule.about.id))
}

/// What makes policies slow and is not accepted, and what could not be looked at; `found` is what is mended besides.
fn of_policies(
    side: &Side,
    found: &[Finding],
    allow: &[String],
    project: &Project,
) -> Result<(Vec<Finding>, Vec<Diagnostic>)> {
    if side.catalog.policies.is_empty() {
        return Ok(<_>::default());
    }
    let settings = rls::settings(project, &side.catalog, &side.roles, &side.facts)?;
    let context = audit::Context::new(&side.catalog, &settings, &side.facts, Vec::new());
    let (mut slow, noticed) = audit::audit_by(&context, rules_of_policies());
    slow.retain(|finding| !project.config.rls.allow.iter().any(|wish| finding.is_named(wish)));
    let fixes = found.iter().filter_map(|finding| finding.fix.as_deref());
    let fixes = fixes.collect::<BTreeSet<_>>();
    for fix in slow.iter_mut().filter_map(|finding| finding.fix.as_mut()) {
        if let Some(wider) = wider(fix, &fixes) {
            *fix = wider.to_owned();
        }
    }
    Ok((weighed(slow, allow, project)?, noticed))
}

/// The one of the fixes that makes an index of more columns, and begins as this one.
fn wider<'a>(fix: &str, fixes: &BTreeSet<&'a str>) -> Option<&'a str> {
    let beginning = format!("{}, ", fix.strip_suffix(");")?);
    let from = (Bound::Included(beginning.as_str()), Bound::Unbounded);
    let next = fixes.range::<str, _>(from).next()?;
    next.starts_with(&beginning).then_some(next)
}

/// Those that are not accepted; those that are denied are errors.
fn weighed(found: Vec<Finding>, allow: &[String], project: &Project) -> Result<Vec<Finding>> {
    let about = known_rules();
    let config = &project.config.advise;
    let found = findings::denied(found, &config.deny, &about, "[advise] deny")?;
    let allowed = allow.iter().chain(&config.allow);
    findings::unaccepted(found, allowed, &about, "[advise] allow")
}

/// Every rule that `[advise]` denies or accepts: of the schema, of its policies' speed, of a workload and of migration
/// files.
pub(super) fn known_rules() -> Vec<About> {
    let rules = RULES.iter().map(|rule| rule.about);
    let rules = rules.chain(rules_of_policies().map(|rule| rule.about));
    #[cfg(unix)]
    let rules = rules.chain([advise::workload::FINDING, advise::workload::REDUNDANT]);
    rules.chain(lint::about()).collect()
}

/// The statements that mend, each once, under a comment that says what for.
fn statements(found: &[Finding]) -> String {
    let mut text = String::new();
    let mut printed = BTreeSet::new();
    for finding in found {
        let Some(fix) = finding.fix.as_ref().filter(|fix| printed.insert(*fix)) else {
            continue;
        };
        // A name may hold anything, and must not end the comment.
        let subject = finding.subject.replace(char::is_control, " ");
        let _ = writeln!(text, "-- {}: {subject}\n{fix}", finding.rule);
    }
    text
}

/// What was found decides, if everything could be looked at.
fn exit<'a>(found: &[Finding], words: &Advise, noticed: impl Iterator<Item = &'a Diagnostic>) -> Exit {
    findings::exit_whole(found, words.counting.fail_on, noticed)
}

fn check_complete(noticed: &[Diagnostic]) -> Result<()> {
    const NEEDED: [&str; 6] = [
        "constraints",
        "index_columns",
        "indexes",
        "opclass_names",
        "policies",
        "edges",
    ];
    findings::check_complete(noticed, &NEEDED, "no advice can be given")
}

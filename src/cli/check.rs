//! `pgkeel check`: whether the database, the snapshot, the migrations and the generated files say the same.

mod files;
mod history;
mod rules;
mod schema;
mod sides;

use self::rules::{COMPARISON_FAILED, RULES};
use self::sides::{Known, Sides};
use super::args::check::{Check, Pair};
use super::args::findings::FindingsFormat;
use super::exit::Exit;
use super::findings::{self, Comparison, Shown};
use super::report::Report;
use crate::config::load::{FILE_NAME, Project};
use crate::finding::{Finding, Severity};
use crate::redact::redact;
use crate::{Error, Result};

/// What became of one pair.
enum Outcome {
    /// Both were compared, and this was found.
    Compared(Vec<Finding>),
    /// There is nothing to compare, for this reason.
    Absent(String),
    /// It was asked for and could not be finished.
    Failed(Vec<Finding>),
}

/// Compares what can be compared, and shows it.
pub(super) async fn run(words: &Check, project: &Project, report: Report) -> Result<Exit> {
    let sides = Sides::read(words, project, report).await?;
    let mut outcomes = Vec::new();
    for pair in wanted(words) {
        let outcome = match pair {
            Pair::Live | Pair::Migrations => schema::compare(pair, &sides, words, project, report).await,
            Pair::Generated => files::compare(&sides, words, project, report),
            Pair::History => history::compare(&sides, project, report).await,
        };
        let outcome = match outcome {
            Outcome::Absent(why) if words.only.contains(&pair) => Outcome::Failed(vec![missing(pair, &why)]),
            outcome => outcome,
        };
        tell(pair, &outcome, report);
        outcomes.push((pair, outcome));
    }
    if outcomes
        .iter()
        .all(|(_, outcome)| matches!(outcome, Outcome::Absent(_)))
    {
        return Err(nothing(&outcomes));
    }
    let has_failed = outcomes
        .iter()
        .any(|(_, outcome)| matches!(outcome, Outcome::Failed(_)));
    show(outcomes, words, project, has_failed, report)
}

/// The pairs that are compared, in the order that their mistakes follow from one another.
fn wanted(words: &Check) -> Vec<Pair> {
    let all = [Pair::History, Pair::Live, Pair::Migrations, Pair::Generated];
    let is_wanted = |pair: &Pair| (words.only.is_empty() || words.only.contains(pair)) && !words.skip.contains(pair);
    all.into_iter().filter(is_wanted).collect()
}

fn show(
    outcomes: Vec<(Pair, Outcome)>,
    words: &Check,
    project: &Project,
    has_failed: bool,
    report: Report,
) -> Result<Exit> {
    let comparisons = outcomes.iter().map(|(pair, outcome)| comparison(*pair, outcome));
    let comparisons = comparisons.collect();
    let mut found = Vec::new();
    for (_, outcome) in outcomes {
        match outcome {
            Outcome::Compared(findings) | Outcome::Failed(findings) => found.extend(findings),
            Outcome::Absent(_) => {}
        }
    }
    let found = findings::unaccepted(found, words.counting.allow.iter(), &RULES, "")?;
    let Some(mut found) = findings::fresh(found, &words.counting, findings::alone, report)? else {
        return Ok(if has_failed { Exit::Failure } else { Exit::Clean });
    };
    found.sort_by(|a, b| (a.severity, a.rule, a).cmp(&(b.severity, b.rule, b)));
    if words.format == FindingsFormat::Json {
        findings::show_comparisons(&found, comparisons)?;
    } else {
        let file = project.resolve(&project.config.snapshot.path);
        let file = if file.is_file() {
            file.display().to_string()
        } else {
            FILE_NAME.to_owned()
        };
        findings::show(&Shown::new("check", &found, &RULES, file), words.format, report)?;
    }
    Ok(if has_failed {
        Exit::Failure
    } else {
        findings::exit(&found, words.counting.fail_on)
    })
}

fn comparison(pair: Pair, outcome: &Outcome) -> Comparison {
    let (outcome, reason) = match outcome {
        Outcome::Compared(_) => (findings::Outcome::Compared, None),
        Outcome::Absent(why) => (findings::Outcome::Absent, Some(why.clone())),
        Outcome::Failed(_) => (findings::Outcome::Failed, None),
    };
    Comparison {
        pair: name(pair),
        outcome,
        reason,
    }
}

fn tell(pair: Pair, outcome: &Outcome, report: Report) {
    let what = match pair {
        Pair::Live => "the database and the snapshot",
        Pair::Migrations => "the migrations and the snapshot",
        Pair::Generated => "the snapshot and the generated files",
        Pair::History => "the history of the database and the migrations",
    };
    report.say(&match outcome {
        Outcome::Compared(found) if found.is_empty() => format!("{}: {what} are the same", name(pair)),
        Outcome::Compared(found) => format!("{}: {what} differ: {} found", name(pair), found.len()),
        Outcome::Absent(why) => format!("{}: not compared, because {why}", name(pair)),
        Outcome::Failed(_) => format!("{}: could not be compared", name(pair)),
    });
}

fn name(pair: Pair) -> &'static str {
    match pair {
        Pair::Live => "live",
        Pair::Migrations => "migrations",
        Pair::Generated => "generated",
        Pair::History => "history",
    }
}

/// Nothing at all was compared, which must not look clean.
fn nothing(outcomes: &[(Pair, Outcome)]) -> Error {
    let reasons = outcomes.iter().filter_map(|(pair, outcome)| match outcome {
        Outcome::Absent(why) => Some(format!("{}: {why}", name(*pair))),
        _ => None,
    });
    Error::new("there is nothing to compare")
        .with_detail(reasons.collect::<Vec<_>>().join("\n"))
        .with_hint("`pgkeel pull` writes a snapshot, and `pgkeel init` a pgkeel.toml")
}

/// A pair that was asked for and is not there.
fn missing(pair: Pair, why: &str) -> Finding {
    Finding::new(
        COMPARISON_FAILED,
        Severity::Error,
        name(pair),
        format!("it cannot be compared: {why}"),
    )
}

/// A pair of which a side cannot be had.
fn failed(pair: Pair, error: &Error) -> Finding {
    let message = redact(&error.to_string()).into_owned();
    let mut finding = Finding::new(COMPARISON_FAILED, Severity::Error, name(pair), message);
    if let Some(location) = error.location() {
        let (line, column) = location.position.unwrap_or((1, 1));
        finding = finding.at(&location.path, line, column);
    }
    finding.evidence = error.excerpt().or(error.detail()).map(|text| redact(text).into_owned());
    finding.hint = error.hint().map(str::to_owned);
    finding
}

/// The side, or what becomes of a pair without it.
fn side_of(pair: Pair, known: &Known) -> std::result::Result<&super::source::Side, Outcome> {
    match known {
        Known::Read(side) => Ok(side),
        Known::Absent(why) => Err(Outcome::Absent(why.clone())),
        Known::Broken(error) => Err(Outcome::Failed(vec![failed(pair, error)])),
    }
}

//! The database, or the migrations, against the snapshot: object by object.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use super::rules::{COLUMN_ORDER, LIVE_DIFFERS, MIGRATIONS_DIFFER};
use super::sides::{Known, Sides, with_one_owner};
use super::{Outcome, failed, side_of};
use crate::Error;
use crate::catalog::{Catalog, ObjectId};
use crate::cli::args::check::{Check, Pair};
use crate::cli::report::Report;
use crate::cli::source::{Reading, Side, Source};
use crate::config::load::Project;
use crate::diagnostic::Diagnostic;
use crate::finding::{Finding, Severity};
use crate::introspect::REFUSED;
use crate::migrate::drift::{self, Attribute, Difference, DifferenceKind};
use crate::migrate::prove::Grounds;
use crate::migrate::{self, spelling};

/// From how many characters on a value is shown apart.
const LONG: usize = 80;

/// What is compared, in words.
struct Words<'a> {
    rule: &'static str,
    old: &'static str,
    new: &'static str,
    hint: String,
    sides: &'a Sides,
}

/// Compares the side that `pair` names with the reference.
pub(super) async fn compare(pair: Pair, sides: &Sides, words: &Check, project: &Project, report: Report) -> Outcome {
    let reference = sides.reference();
    let known = if pair == Pair::Live {
        &sides.live
    } else {
        &sides.migrations
    };
    if pair == Pair::Migrations && !matches!(sides.snapshot, Known::Read(_)) {
        return match side_of(pair, &sides.snapshot) {
            Err(outcome) => outcome,
            Ok(_) => Outcome::Compared(Vec::new()),
        };
    }
    let (old, new) = match (side_of(pair, known), side_of(pair, reference.known)) {
        (Ok(old), Ok(new)) => (old, new),
        // What cannot be read counts for more than what is not there.
        (Err(outcome @ Outcome::Failed(_)), _) | (_, Err(outcome @ Outcome::Failed(_))) => return outcome,
        (Err(outcome), _) | (_, Err(outcome)) => return outcome,
    };
    let said = Words {
        rule: if pair == Pair::Live {
            LIVE_DIFFERS
        } else {
            MIGRATIONS_DIFFER
        },
        old: if pair == Pair::Live {
            "the database"
        } else {
            "the migrations"
        },
        new: reference.name,
        hint: hint(pair, sides, reference.name, project),
        sides,
    };
    let found = match find(old, new, &said, words, project, report).await {
        Ok(found) => found,
        Err(error) => return Outcome::Failed(vec![failed(pair, &error)]),
    };
    let gaps = gaps(pair, old.diagnostics.iter().chain(&new.diagnostics));
    match gaps.is_empty() {
        true => Outcome::Compared(found),
        false => Outcome::Failed(gaps.into_iter().chain(found).collect()),
    }
}

async fn find(
    old: &Side,
    new: &Side,
    said: &Words<'_>,
    words: &Check,
    project: &Project,
    report: Report,
) -> crate::Result<Vec<Finding>> {
    let (before, after) = with_one_owner(old, new, report);
    if before.server.major != after.server.major && after.server.major > 0 {
        let message = format!(
            "{} is of PostgreSQL {}, and {} of {}: what they write differently differs",
            said.old, before.server.major, said.new, after.server.major
        );
        report.diagnostics(&[Diagnostic::note(said.old, message)]);
    }
    let before = alike(before, &after, words, project, report).await;
    let found = drift::differences(&before, &after)?;
    let lines = Lines::of(&said.sides.file);
    let findings = found.iter().map(|one| finding(one, &after, &lines, said));
    let mut findings = findings.collect::<Vec<_>>();
    if words.strict_order {
        let orders = migrate::column_orders(&before, &after, &[]).into_iter().map(|order| {
            let finding = Finding::new(COLUMN_ORDER, Severity::Error, order.subject, order.message);
            finding
                .with_hint("no statement moves a column: make the table anew, or accept it with --allow column-order")
        });
        findings.extend(orders);
    }
    Ok(findings)
}

/// The old side with what only is written otherwise written as the new side has it. Where no scratch server can tell, it
/// stays as it is.
async fn alike(before: Catalog, after: &Catalog, words: &Check, project: &Project, report: Report) -> Catalog {
    let Ok(reading) = Reading::of(Source::Empty, &words.reading, project, report) else {
        return before;
    };
    let mut scratch = reading.scratch;
    scratch.major = scratch.major.or(Some(before.server.major).filter(|major| *major > 0));
    let grounds = Grounds::new(&reading.scope, &scratch);
    match spelling::alike(Cow::Borrowed(&before), after, &grounds)
        .await
        .map(Cow::into_owned)
    {
        Ok(catalog) => catalog,
        Err(error) => {
            let message =
                format!("could not be read again in a scratch database, so that its spelling counts: {error}");
            report.diagnostics(&[Diagnostic::warning("expressions", message)]);
            before
        }
    }
}

fn finding(difference: &Difference, after: &Catalog, lines: &Lines, said: &Words<'_>) -> Finding {
    let Words { old, new, .. } = said;
    let (message, evidence) = match &difference.kind {
        DifferenceKind::OnlyOld => (format!("is in {old}, and not in {new}"), None),
        DifferenceKind::OnlyNew => (format!("is in {new}, and not in {old}"), None),
        DifferenceKind::Changed(attributes) => changed(attributes, old, new),
    };
    let mut finding = Finding::new(said.rule, Severity::Error, difference.object.to_string(), message);
    finding.evidence = evidence;
    if matches!(said.sides.snapshot, Known::Read(_)) {
        finding = finding.at(&said.sides.file, lines.of_object(&difference.object, after), 1);
    }
    finding.with_hint(said.hint.clone())
}

/// What differs, in one sentence, and what is too long for that.
fn changed(attributes: &[Attribute], old: &str, new: &str) -> (String, Option<String>) {
    let (mut parts, mut evidence) = (Vec::new(), String::new());
    for Attribute {
        name,
        old: before,
        new: after,
    } in attributes
    {
        let is_long = |value: &Option<String>| {
            value
                .as_ref()
                .is_some_and(|value| value.len() > LONG || value.contains('\n'))
        };
        if is_long(before) || is_long(after) {
            parts.push(format!("its {name} is another"));
            let [before, after] = [before, after].map(|value| value.clone().unwrap_or_default() + "\n");
            let diff = similar::TextDiff::from_lines(&before, &after);
            let diff = diff.unified_diff().context_radius(1).header(old, new).to_string();
            let _ = write!(evidence, "{}", diff.trim_end());
            evidence.push('\n');
            continue;
        }
        let said = |value: &Option<String>| match value {
            Some(value) => format!("`{value}`"),
            None => "not set".to_owned(),
        };
        let verb = if name.contains("privileges") { "are" } else { "is" };
        parts.push(format!(
            "its {name} {verb} {} in {old}, and {} in {new}",
            said(before),
            said(after)
        ));
    }
    let evidence = evidence.trim_end().to_owned();
    (parts.join("; "), (!evidence.is_empty()).then_some(evidence))
}

/// Where the sections of a snapshot begin.
struct Lines(BTreeMap<String, usize>);

impl Lines {
    /// What cannot be read has no lines, which takes nothing from what is found.
    fn of(file: &Path) -> Self {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        let section = |line: &str| Some(line.strip_prefix('"')?.strip_suffix("\": [")?.to_owned());
        let sections = text
            .lines()
            .zip(1..)
            .filter_map(|(line, number)| Some((section(line)?, number)));
        Self(sections.collect())
    }

    /// The object's own line, or that of what it belongs to.
    fn of_object(&self, object: &ObjectId, catalog: &Catalog) -> u32 {
        let whole = object.qualified().and_then(|name| catalog.relation(name));
        let whole = whole.map(|relation| relation.row.object());
        let place = drift::place(object, catalog).or_else(|| drift::place(&whole?, catalog));
        let line = place.and_then(|(section, row)| Some(self.0.get(section)? + row + 1));
        line.and_then(|line| u32::try_from(line).ok()).unwrap_or(1)
    }
}

fn hint(pair: Pair, sides: &Sides, reference: &str, project: &Project) -> String {
    let file = sides.file.display();
    let folder = sides.folder.as_ref().map(|folder| folder.display().to_string());
    let folder = folder.unwrap_or_else(|| "migrations".to_owned());
    let variable = &project.config.database.url_env;
    match pair {
        Pair::Live if reference == "the migrations" => format!(
            "if the database is right, `pgkeel migrate new NAME` writes it down; if the migrations are, `pgkeel migrate up` \
             runs what is pending, and `pgkeel diff --from env:{variable} --to {folder}` prints the rest"
        ),
        Pair::Live => format!(
            "if the database is right: `pgkeel pull`; if the snapshot is, `pgkeel migrate up` runs what is pending, and \
             `pgkeel diff --from env:{variable} --to {file}` prints the rest"
        ),
        _ => format!(
            "if the migrations are right: `pgkeel pull --source {folder}`; if the snapshot is: \
             `pgkeel migrate new NAME --to {file}`"
        ),
    }
}

/// What a role may not read is not known to be the same.
fn gaps<'a>(pair: Pair, noticed: impl Iterator<Item = &'a Diagnostic>) -> Vec<Finding> {
    let refused = noticed.filter(|noticed| noticed.message == REFUSED);
    let error = |noticed: &Diagnostic| {
        Error::new(format!(
            "the role may not read {}, which are not compared",
            noticed.subject
        ))
        .with_hint("check with a role that can see the system catalogs")
    };
    refused.map(|noticed| failed(pair, &error(noticed))).collect()
}

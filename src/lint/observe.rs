//! Findings beside what was observed: where they disagree, what was observed counts.

use crate::ddl::{Effect, Hazard, LockMode};
use crate::diagnostic::Diagnostic;
use crate::finding::{About, Finding, Location, Severity};

use super::step::Kind;
use super::trace::Seen;
use super::{File, Hit, Linted, place};

/// What only a run can find.
pub(super) const OBSERVED: &[About] = &[
    About {
        id: "observed-rewrite",
        severity: Severity::Warning,
        why: "A table was written anew, with its indexes, when the file was run: nobody reads it meanwhile.",
    },
    About {
        id: "observed-scan",
        severity: Severity::Warning,
        why: "A table was read as a whole when the file was run, under a lock that writers wait for.",
    },
    About {
        id: "statement-fails",
        severity: Severity::Error,
        why: "The statement failed when the file was run in a copy of the schema.",
    },
];

/// Hazards whose lock is the statement's own choice, or depends on what is dropped or renamed: theirs is the strongest that
/// it can be.
const LOCKS_AT_MOST: [&str; 3] = ["explicit-lock-table", "drop-cascade", "rename-column"];

/// Sets the findings of a file right by what was seen of its statements.
pub fn observed(linted: &mut Linted, at: usize, file: &File, seen: &[Seen]) {
    let mut notes = Vec::new();
    let of = |hit: &Hit| seen.iter().find(|one| one.range.contains(&hit.start));
    linted.hits.retain_mut(|hit| {
        let Some(one) = of(hit).filter(|_| hit.file == at) else {
            return true;
        };
        if one.error.is_some() {
            return true;
        }
        let effect = Hazard::named(hit.finding.rule).map_or(Effect::Brief, |hazard| hazard.effect);
        let is_so = match effect {
            Effect::Brief => true,
            Effect::Scan => !one.scanned.is_empty() || !one.rewritten.is_empty(),
            Effect::Rewrite => !one.rewritten.is_empty(),
        };
        if !is_so {
            let message = format!(
                "{}: when it was run, nothing of the kind was observed",
                hit.finding.rule
            );
            notes.push(Diagnostic::note(hit.finding.subject.clone(), message));
            return false;
        }
        notes.extend(weaker_lock(&hit.finding, one));
        hit.finding.evidence = described(one).or(hit.finding.evidence.take());
        true
    });
    for one in seen {
        add(linted, at, file, one);
    }
    linted.notes.extend(notes);
}

/// What to say where a weaker lock was seen than the hazard has.
fn weaker_lock(finding: &Finding, one: &Seen) -> Option<Diagnostic> {
    let claimed = Hazard::named(finding.rule)?.lock?;
    let strongest = one.locks.as_ref()?.values().max();
    let is_so = claimed <= LockMode::RowExclusive || strongest.is_some_and(|strongest| *strongest >= claimed);
    if is_so || LOCKS_AT_MOST.contains(&finding.rule) {
        return None;
    }
    let strongest = strongest.map_or("no lock that others wait for", |lock| lock.name());
    let (rule, claimed) = (finding.rule, claimed.name());
    let message = format!("{rule}: when it was run, {strongest} was observed, and not {claimed}");
    Some(Diagnostic::note(finding.subject.clone(), message))
}

/// Adds what no rule foretold.
fn add(linted: &mut Linted, at: usize, file: &File, one: &Seen) {
    let own = linted
        .hits
        .iter()
        .filter(|hit| hit.file == at && one.range.contains(&hit.start))
        .collect::<Vec<_>>();
    let effect = |hit: &&&Hit| Hazard::named(hit.finding.rule).map_or(Effect::Brief, |hazard| hazard.effect);
    let mut new = Vec::new();
    if let Some(error) = &one.error {
        let is_foretold = own.iter().any(|hit| hit.finding.severity == Severity::Error);
        if !is_foretold {
            new.push(("statement-fails", "the statement".to_owned(), error.clone()));
        }
    }
    // Emptying a table gives it another file too.
    let is_rewritten = own
        .iter()
        .any(|hit| effect(&hit) == Effect::Rewrite || hit.finding.rule == "truncate");
    for table in one.rewritten.iter().filter(|_| !is_rewritten) {
        new.push(("observed-rewrite", table.to_string(), "it was written anew".to_owned()));
    }
    // These say that time is taken under a lock that an earlier statement took.
    let holds = ["backfill-in-same-transaction", "statement-after-access-exclusive"];
    let is_scanned = own
        .iter()
        .any(|hit| effect(&hit) != Effect::Brief || holds.contains(&hit.finding.rule));
    for table in one
        .scanned
        .iter()
        .filter(|table| !is_scanned && !one.rewritten.contains(table))
    {
        let lock = one.locks.as_ref().and_then(|locks| locks.get(table));
        // EXCLUSIVE is what a refresh of a materialised view takes, to which nobody else writes.
        if let Some(lock) = lock.filter(|lock| **lock >= LockMode::Share && **lock != LockMode::Exclusive) {
            let message = format!("it was read as a whole under {}", lock.name());
            new.push(("observed-scan", table.to_string(), message));
        }
    }
    for (rule, subject, message) in new {
        let about = OBSERVED.iter().find(|about| about.id == rule);
        let severity = about.map_or(Severity::Warning, |about| about.severity);
        let mut finding = Finding::new(rule, severity, subject, message);
        let (line, column) = place::at(&file.text, one.range.start);
        finding.location = Some(Location {
            file: file.name.clone(),
            line,
            column,
        });
        finding.evidence = described(one);
        if rule == "statement-fails" && one.is_unknown {
            finding = finding.with_hint(
                "where a newer PostgreSQL has it, run it in that one: install it, or name its programs' directory in \
                 PGKEEL_PG_BIN",
            );
        }
        linted.hits.push(Hit {
            finding,
            file: at,
            start: one.range.start,
            statement: file.text[one.range.clone()].to_owned(),
            range: one.range.clone(),
            kind: Kind::Statement,
            edits: Vec::new(),
            apart: None,
        });
    }
}

/// What was seen, in a line.
fn described(one: &Seen) -> Option<String> {
    let mut parts = Vec::new();
    for (table, mode) in one.locks.iter().flatten() {
        parts.push(format!("{} on {table}", mode.name()));
    }
    parts.extend(one.rewritten.iter().map(|table| format!("{table} written anew")));
    parts.extend(one.scanned.iter().map(|table| format!("{table} read as a whole")));
    (!parts.is_empty()).then(|| format!("observed: {}", parts.join(", ")))
}

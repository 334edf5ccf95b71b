//! The generated files against the snapshot.

use super::rules::{GENERATED_MISSING, GENERATED_STALE, GENERATED_SURPLUS};
use super::sides::Sides;
use super::{Outcome, failed, side_of};
use crate::cli::args::check::{Check, Pair};
use crate::cli::report::Report;
use crate::cli::source::{Reading, Source};
use crate::codegen::files::{self, Change, ChangeKind};
use crate::codegen::{self, lower};
use crate::config::load::Project;
use crate::finding::{Finding, Severity};
use crate::{Error, Result};

/// Compares what every `[[generate]]` makes of the reference with what is there.
pub(super) fn compare(sides: &Sides, words: &Check, project: &Project, report: Report) -> Outcome {
    if project.config.generate.is_empty() {
        return Outcome::Absent("there is no [[generate]] in a pgkeel.toml".to_owned());
    }
    let reference = sides.reference();
    let side = match side_of(Pair::Generated, reference.known) {
        Ok(side) => side,
        Err(outcome) => return outcome,
    };
    let find = || -> Result<Vec<Finding>> {
        let reading = Reading::of(Source::Snapshot(sides.file.clone()), &words.reading, project, report)?;
        let (api, notes) = lower::lower(&side.catalog, &project.config, &reading.scope);
        let output = codegen::spell(&api, notes, &project.config)?;
        let changes = files::check(&project.base, &output.files, &output.folders)?;
        changes.iter().map(|change| finding(change, reference.name)).collect()
    };
    match find() {
        Ok(found) => Outcome::Compared(found),
        Err(error) => Outcome::Failed(vec![failed(Pair::Generated, &error)]),
    }
}

fn finding(change: &Change<'_>, reference: &str) -> Result<Finding> {
    let path = &change.path;
    let subject = path.display().to_string();
    let finding = match change.kind {
        ChangeKind::Missing { .. } => Finding::new(
            GENERATED_MISSING,
            Severity::Error,
            subject,
            format!("is not there, and is generated from {reference}"),
        ),
        ChangeKind::Surplus => Finding::new(
            GENERATED_SURPLUS,
            Severity::Error,
            subject,
            format!("is there, and is not generated from {reference} any more"),
        )
        .at(path, 1, 1),
        ChangeKind::Stale { new } => {
            let old = std::fs::read(path).map_err(|error| Error::io("cannot read", path, error))?;
            let old = String::from_utf8_lossy(&old);
            let diff = similar::TextDiff::from_lines(&*old, new);
            let changed = diff
                .iter_all_changes()
                .filter(|change| change.tag() != similar::ChangeTag::Equal);
            let changed = changed.count();
            let same = old.lines().zip(new.lines()).take_while(|(old, new)| old == new).count();
            let line = u32::try_from(same + 1).unwrap_or(1);
            let message = format!(
                "is not what is generated from {reference}: {changed} {}, the first is line {line}",
                if changed == 1 { "line differs" } else { "lines differ" }
            );
            let diff = diff
                .unified_diff()
                .context_radius(1)
                .header("the file", reference)
                .to_string();
            Finding::new(GENERATED_STALE, Severity::Error, subject, message)
                .at(path, line, 1)
                .with_evidence(diff.trim_end())
        }
    };
    Ok(finding.with_hint("`pgkeel generate` writes it"))
}

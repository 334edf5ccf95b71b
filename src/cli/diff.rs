//! `pgkeel diff`: prints the migration that turns one schema into another.

use super::args::{Diff, DiffFormat};
use super::exit::Exit;
use super::report::{self, Report};
use super::source::{Reading, Source};
use crate::Result;
use crate::config::load::Project;
use crate::introspect::Depth;
use crate::migrate::{self, render};

/// Reads both sides, plans, proves and prints.
pub(super) async fn run(words: &Diff, project: &Project, report: Report) -> Result<Exit> {
    let (mut from, mut to) = (&words.from, &words.to);
    if words.down {
        std::mem::swap(&mut from, &mut to);
    }
    let reading = |text: &str| Reading::of(Source::parse(text, project)?, &words.reading, project, report);
    let (from, to) = (reading(from)?, reading(to)?);
    let (from, noticed) = from.read(Depth::Whole, report).await?;
    report.diagnostics(&noticed);
    let (to, noticed) = to.read(Depth::Whole, report).await?;
    report.diagnostics(&noticed);
    let options = migrate::Options {
        session: None,
        offline: words.offline,
    };
    let plan = migrate::plan(&from, &to, &options)?;
    if plan.is_empty() {
        report.done("both are equal");
        return Ok(Exit::Clean);
    }
    let style = render::Style {
        lock_timeout: project.config.migrations.lock_timeout.clone(),
    };
    report::print(&match words.format {
        DiffFormat::Sql => render::sql(&plan, &style),
        DiffFormat::Json => render::json(&plan),
        DiffFormat::Summary => render::summary(&plan),
    })?;
    Ok(Exit::Difference)
}

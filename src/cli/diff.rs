//! `pgkeel diff`: prints the migration that turns one schema into another.

use super::args::{Diff, DiffFormat};
use super::exit::Exit;
use super::planning::{Planning, Settings};
use super::report::{self, Report};
use super::source::{Reading, Source};
use crate::config::load::Project;
use crate::migrate::render;
use crate::{Result, scratch};

/// Reads both sides, plans, proves and prints.
pub(super) async fn run(words: &Diff, project: &Project, report: Report) -> Result<Exit> {
    let reading = |text: &str| Reading::of(Source::parse(text, project)?, &words.reading, project, report);
    let settings = Settings {
        offline: words.offline,
        no_prove: words.no_prove,
        seed: match &words.seed_data {
            Some(path) => scratch::sql_files(path)?,
            None => Vec::new(),
        },
    };
    let planning = Planning::new(&reading(&words.from)?, reading(&words.to)?, settings, project, report).await?;
    let plan = if words.down {
        planning.down(report).await?
    } else {
        planning.up(report).await?
    };
    if plan.is_empty() {
        report.done("both are equal");
        return Ok(Exit::Clean);
    }
    let lock_timeout = project.config.migrations.lock_timeout.as_ref();
    let style = render::Style {
        lock_timeout: Some(lock_timeout.map_or_else(|| render::LOCK_TIMEOUT.to_owned(), Clone::clone)),
    };
    report.diagnostics(&render::diagnostics(&plan));
    report::print(&match words.format {
        DiffFormat::Sql => render::sql(&plan, &style),
        DiffFormat::Json => render::json(&plan),
        DiffFormat::Summary => render::summary(&plan),
    })?;
    Ok(Exit::Difference)
}

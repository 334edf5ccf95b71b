//! `pgkeel diff`: prints the migration that turns one schema into another.

use super::args::{Diff, DiffFormat};
use super::exit::Exit;
use super::planning::{self, Planning, Settings};
use super::report::{self, Report};
use super::source::{Reading, Source};
use crate::config::load::Project;
use crate::migrate::render;
use crate::{Error, Result, scratch};

/// Reads both sides, plans, proves and prints.
pub(super) async fn run(words: &Diff, project: &Project, report: Report) -> Result<Exit> {
    if words.format == DiffFormat::JsonSchema {
        report::print(render::JSON_SCHEMA)?;
        return Ok(Exit::Clean);
    }
    let (Some(from), Some(to)) = (&words.from, &words.to) else {
        return Err(Error::new("two schemas are compared").with_hint("give both: --from SOURCE --to SOURCE"));
    };
    let reading = |text: &str| Reading::of(Source::parse(text, project)?, &words.reading, project, report);
    let mut settings = Settings {
        offline: words.offline,
        no_prove: words.no_prove,
        ..Settings::default()
    };
    if let Some(path) = &words.seed_data {
        let seed = match words.down {
            true => &mut settings.seed_back,
            false => &mut settings.seed,
        };
        *seed = scratch::sql_files(path)?;
    }
    let sides = Planning::new(reading(from)?, reading(to)?, settings, project, report).await?;
    let plan = if words.down {
        sides.down(report).await?
    } else {
        sides.up(report).await?
    };
    let orders = if words.strict_order {
        sides.column_orders(words.down)
    } else {
        Vec::new()
    };
    report.diagnostics(&orders);
    if plan.is_empty() && orders.is_empty() {
        report.done("both are equal");
        return Ok(Exit::Clean);
    }
    if plan.is_empty() && words.format != DiffFormat::Json {
        report.done("both are equal but for the order of columns");
        return Ok(Exit::Difference);
    }
    report.diagnostics(&render::diagnostics(&plan));
    report::print(&match words.format {
        DiffFormat::Sql => render::sql(&plan, &planning::style(project)),
        DiffFormat::Json | DiffFormat::JsonSchema => render::json(&plan),
        DiffFormat::Summary => render::summary(&plan),
    })?;
    Ok(Exit::Difference)
}

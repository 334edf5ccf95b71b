//! `pgkeel diff`: prints the migration that turns one schema into another.

use super::args::{Diff, DiffFormat};
use super::exit::Exit;
use super::report::{self, Report};
use super::source::{Reading, Side, Source};
use crate::config::load::Project;
use crate::introspect::Depth;
use crate::migrate::prove::{Grounds, Proof, prove};
use crate::migrate::{self, Plan, render};
use crate::{Error, Result, scratch};

/// Reads both sides, plans, proves and prints.
pub(super) async fn run(words: &Diff, project: &Project, report: Report) -> Result<Exit> {
    let (mut from, mut to) = (&words.from, &words.to);
    if words.down {
        std::mem::swap(&mut from, &mut to);
    }
    let reading = |text: &str| Reading::of(Source::parse(text, project)?, &words.reading, project, report);
    let (from, mut to) = (reading(from)?, reading(to)?);
    let old = from.side(Depth::Whole, report).await?;
    report.diagnostics(&old.diagnostics);
    if to.scratch.major.is_none() && old.catalog.server.major > 0 {
        to.scratch.major = Some(old.catalog.server.major);
    }
    let new = to.side(Depth::Whole, report).await?;
    report.diagnostics(&new.diagnostics);
    let options = migrate::Options {
        session: session(&old, &new),
        offline: words.offline,
    };
    let plan = migrate::plan(&old.catalog, &new.catalog, &options)?;
    if plan.is_empty() {
        report.done("both are equal");
        return Ok(Exit::Clean);
    }
    if !words.no_prove {
        let _progress = report.progress("proving the migration in a scratch database");
        let seed = match &words.seed_data {
            Some(path) => scratch::sql_files(path)?,
            None => Vec::new(),
        };
        let grounds = Grounds {
            scope: &to.scope,
            scratch: &to.scratch,
            session: options.session.as_ref(),
            seed: &seed,
        };
        let proof = prove(&old.catalog, &new.catalog, &plan, &grounds).await?;
        accept(proof)?;
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

/// The role that will run the migration: the one that reads the old schema, which is there to be changed.
fn session(old: &Side, new: &Side) -> Option<crate::catalog::Name> {
    old.session.clone().or_else(|| new.session.clone())
}

/// A plan that fails its proof is not printed.
fn accept(proof: Proof) -> Result<()> {
    let (what, detail) = match proof {
        Proof::Holds => return Ok(()),
        Proof::Differs(left) => ("does not make the new schema: this would be left to do", summary(&left)),
        Proof::LosesRows(tables) => (
            "changes the number of rows",
            tables
                .iter()
                .map(|(table, before, after)| format!("{table}: {before} rows before, {after} after"))
                .collect::<Vec<_>>()
                .join("\n"),
        ),
    };
    Err(
        Error::new(format!("the migration fails its proof, and is not printed: it {what}"))
            .with_detail(detail)
            .with_hint("please report it; --no-prove prints the migration all the same"),
    )
}

fn summary(plan: &Plan) -> String {
    let statements = plan.steps.iter().map(|step| format!("{};", step.statement.sql));
    statements.collect::<Vec<_>>().join("\n")
}

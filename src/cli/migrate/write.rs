//! `pgkeel migrate new` and `squash`: migrations that are planned, proved and written.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::super::args::migrate::{New, Squash};
use super::super::planning::{self, Planning, Settings};
use super::super::source::{Reading, Source};
use super::{directory, layout, uses_sqlx};
use crate::cli::exit::Exit;
use crate::cli::report::{self, Report};
use crate::config::MigrationLayout;
use crate::config::load::Project;
use crate::diagnostic::Diagnostic;
use crate::files;
use crate::migrate::run::write::{self, Part};
use crate::migrate::run::{Folder, folder};
use crate::migrate::{Plan, render};
use crate::{Error, Result, scratch};

/// Writes the migration that the folder lacks.
pub(super) async fn new(words: &New, project: &Project, report: Report) -> Result<Exit> {
    let config = &project.config.migrations;
    let directory = match directory(words.dir.as_ref(), project) {
        Ok(directory) => directory,
        Err(_) => project.resolve(Path::new("migrations")),
    };
    let layout = layout(words.layout.as_deref()).or(config.layout);
    let folder = next_folder(directory, layout, project)?;
    let with_down = words.down || config.down;
    if words.empty && words.to.is_none() {
        let nothing = [Part {
            sql: "-- Write here what to do.\n".to_owned(),
            is_transaction: true,
        }];
        return written(
            &folder,
            &words.name,
            &nothing,
            with_down.then_some(&nothing[..]),
            report,
        );
    }
    let reading = |source| Reading::of(source, &words.reading, project, report);
    let from = if folder.migrations.is_empty() {
        Source::Empty
    } else {
        Source::Sql(folder.directory.clone())
    };
    let to = match &words.to {
        Some(text) => Source::parse(text, project)?,
        None => Source::parse(&format!("env:{}", project.config.database.url_env), project).map_err(|error| {
            error.with_hint("name what the migration shall make: --to schema.sql, or a database's URL")
        })?,
    };
    let settings = Settings {
        offline: words.offline,
        no_prove: words.no_prove,
        seed: match &words.seed_data {
            Some(path) => scratch::sql_files(path)?,
            None => Vec::new(),
        },
        ..Settings::default()
    };
    let sides = Planning::new(reading(from)?, reading(to)?, settings, project, report).await?;
    let up = sides.up(report).await?;
    if up.is_empty() {
        if words.empty {
            return written(&folder, &words.name, &[], None, report);
        }
        report.done("nothing differs: no migration is written");
        return Ok(Exit::Clean);
    }
    report.diagnostics(&render::diagnostics(&up));
    let refused = refused(&up, words.allow.iter().chain(&config.allow));
    if !refused.is_empty() {
        report.diagnostics(&refused);
        return Ok(Exit::Refused);
    }
    let down = if with_down {
        Some(parts(&sides.down(report).await?, project))
    } else {
        None
    };
    written(&folder, &words.name, &parts(&up, project), down.as_deref(), report)
}

/// Writes `up` and `down` as the next migration, into the project's own folder.
pub(in crate::cli) fn migration(
    name: &str,
    up: &Plan,
    down: Option<&Plan>,
    project: &Project,
    report: Report,
) -> Result<Exit> {
    let config = &project.config.migrations;
    let directory = directory(None, project).unwrap_or_else(|_| project.resolve(Path::new("migrations")));
    let folder = next_folder(directory, config.layout, project)?;
    let down = down.map(|down| parts(down, project));
    written(&folder, name, &parts(up, project), down.as_deref(), report)
}

/// The folder as it is, or one that is not there yet.
fn next_folder(directory: PathBuf, layout: Option<MigrationLayout>, project: &Project) -> Result<Folder> {
    if !directory.is_dir() {
        return Ok(Folder::none(directory, layout.unwrap_or(MigrationLayout::Pgkeel)));
    }
    let layout = match layout {
        Some(layout) => layout,
        None => folder::detect(&directory, uses_sqlx(project))?,
    };
    folder::read(&directory, layout)
}

/// Prints or writes one migration that does what all of the folder do.
pub(super) async fn squash(words: &Squash, project: &Project, report: Report) -> Result<Exit> {
    let directory = directory(words.dir.as_ref(), project)?;
    let reading = |source| Reading::of(source, &words.reading, project, report);
    let settings = Settings {
        offline: true,
        ..Settings::default()
    };
    let to = reading(Source::Sql(directory))?;
    let sides = Planning::new(reading(Source::Empty)?, to, settings, project, report).await?;
    let text = render::sql(&sides.up(report).await?, &render::Style::default());
    match &words.out {
        Some(out) if out.exists() => {
            return Err(Error::new(format!("{} is there, and stays as it is", out.display()))
                .with_hint("name a file that is not there yet"));
        }
        Some(out) => {
            files::replace(out, text.as_bytes())?;
            report.done(&format!("wrote {}", out.display()));
        }
        None => report::print(&text)?,
    }
    Ok(Exit::Clean)
}

/// The steps that lose data and are not allowed.
fn refused<'a>(plan: &Plan, allowed: impl Iterator<Item = &'a String>) -> Vec<Diagnostic> {
    let allowed = allowed.map(|rule| rule.replace('_', "-")).collect::<Vec<_>>();
    let losses = plan
        .steps
        .iter()
        .filter_map(|step| Some((step, step.statement.risk.loss?)));
    let refused = losses.filter(|(_, loss)| !allowed.iter().any(|rule| rule == "all" || rule == loss.id()));
    let notes = refused.map(|(step, loss)| {
        let message = format!("it is not written, because data would be lost: {}", step.statement.sql);
        Diagnostic::warning(step.object.to_string(), message).with_hint(format!(
            "allow it with --allow {id}, or in pgkeel.toml: [migrations] allow = [\"{id}\"]",
            id = loss.id()
        ))
    });
    notes.collect()
}

/// The plan as parts of files: what one transaction takes, and what none does.
fn parts(plan: &Plan, project: &Project) -> Vec<Part> {
    let style = planning::style(project);
    let segments = plan.segments().map(|segment| Part {
        sql: render::part(segment, &style),
        is_transaction: render::is_transaction(segment),
    });
    segments.collect()
}

fn written(folder: &Folder, name: &str, up: &[Part], down: Option<&[Part]>, report: Report) -> Result<Exit> {
    let files = write::files(folder, name, up, down, SystemTime::now())?;
    write::write(&files)?;
    for file in &files {
        report.done(&format!("wrote {}", file.path.display()));
    }
    Ok(Exit::Clean)
}

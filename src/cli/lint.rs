//! `pgkeel lint`.

mod behind;
mod files;
mod fix;
mod trace;

use std::collections::BTreeMap;

use super::args::lint::Lint;
use super::exit::Exit;
use super::findings::{self, Shown};
use super::report::Report;
use super::rls::audit;
use super::source::{Reading, Side, Source};
use crate::Result;
use crate::catalog::QName;
use crate::config::load::{FILE_NAME, Project};
use crate::config::{MigrationLayout, Platform};
use crate::diagnostic::Diagnostic;
use crate::finding::Finding;
use crate::introspect::Depth;
use crate::lint::{self, File, Hit, Known, Run};

/// Runs the command.
pub(super) async fn run(words: &Lint, project: &Project, report: Report) -> Result<Exit> {
    let files = files::read(words, project, report)?;
    let reading = reading(words, project, report)?;
    let side = match &reading {
        Some(reading) => Some(reading.side(Depth::Whole, report).await?),
        None => None,
    };
    if let Some(side) = &side {
        report.diagnostics(&side.diagnostics);
    }
    let known = Known {
        catalog: side.as_ref().map(|side| &side.catalog),
        rows: side.as_ref().map(rows).unwrap_or_default(),
        major: words.source.reading.pg.or(project.config.scratch.major),
        lock_timeout: is_timed(project),
        is_supabase: is_supabase(words, &files, project),
        exposed: audit::exposed_by_configuration(project)?,
    };
    // With a schema, what it holds already is not made again.
    let (before, wanted): (Vec<_>, Vec<_>) = files.into_iter().partition(|file| !file.wanted);
    let files = match side {
        Some(_) => wanted,
        None => before.iter().cloned().chain(wanted).collect::<Vec<_>>(),
    };
    let mut linted = lint::lint(&files, &known);
    report.diagnostics(&linted.notes);
    if words.trace {
        trace::trace(&mut linted, &files, &before, reading.as_ref(), words, project, report).await?;
    }
    let hits = counted(linted.hits, &words.counting.allow, project)?;
    let Some(hits) = findings::fresh(hits, &words.counting, known_by, report)? else {
        return Ok(Exit::Clean);
    };
    let found = sorted(&hits);
    let about = lint::about();
    findings::show(&Shown::new("lint", &found, &about, FILE_NAME), words.format, report)?;
    let staying = match words.fix {
        true => fix::fix(&files, &hits, reading.as_ref(), project, report).await?,
        false => found,
    };
    Ok(match findings::exit(&staying, words.counting.fail_on) {
        Exit::Clean if !linted.is_complete => Exit::Failure,
        exit => exit,
    })
}

/// What statements would do to a schema that was read with its usage, as far as that is not accepted, and what could not be
/// understood.
pub(super) fn found(
    sql: String,
    run: Run,
    side: &Side,
    is_supabase: bool,
    project: &Project,
) -> Result<(Vec<Finding>, Vec<Diagnostic>)> {
    let file = File {
        name: "statement.sql".into(),
        text: sql,
        run,
        mark: None,
        whole: None,
        wanted: true,
    };
    let known = Known {
        catalog: Some(&side.catalog),
        rows: rows(side),
        major: None,
        lock_timeout: is_timed(project),
        is_supabase,
        exposed: audit::exposed_by_configuration(project)?,
    };
    let linted = lint::lint(&[file], &known);
    let hits = counted(linted.hits, &[], project)?;
    Ok((sorted(&hits), linted.notes))
}

/// Where the schema before the files comes from: only what is named. Everything else would be slow, or be the schema after
/// them.
fn reading(words: &Lint, project: &Project, report: Report) -> Result<Option<Reading>> {
    let Some(text) = &words.source.source else {
        return Ok(None);
    };
    let source = Source::parse(text, project)?;
    let mut reading = Reading::of(source, &words.source.reading, project, report)?;
    reading.wants_usage = true;
    Ok(Some(reading))
}

/// Whether pgkeel runs the files, which sets a timeout.
fn is_timed(project: &Project) -> bool {
    let config = &project.config.migrations;
    config.lock_timeout.is_some() || config.layout == Some(MigrationLayout::Pgkeel)
}

/// Whether it is a Supabase project: as was said, or as the files lie.
fn is_supabase(words: &Lint, files: &[File], project: &Project) -> bool {
    match words.source.reading.platform().or(project.config.scope.platform) {
        Some(platform) => platform == Platform::Supabase,
        None => files.iter().any(|file| {
            let folder = file.name.parent().and_then(|parent| std::path::absolute(parent).ok());
            folder.is_some_and(|folder| folder.ends_with("supabase/migrations"))
        }),
    }
}

/// How many rows tables have, where that has been counted.
fn rows(side: &Side) -> BTreeMap<QName, u64> {
    let tables = side.usage.iter().flat_map(|usage| &usage.tables);
    // What was replayed has no rows, and says nothing of what has.
    let tables = tables.filter(|_| !side.is_replayed);
    let known = tables.filter_map(|(name, usage)| {
        let rows = usage.rows.filter(|rows| *rows >= 0.0)?;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let rows = rows as u64;
        Some((name.clone(), rows))
    });
    known.collect()
}

/// What is not accepted, with what is denied for errors. The rules of advice may stand in the same lists.
fn counted(hits: Vec<Hit>, allow: &[String], project: &Project) -> Result<Vec<Hit>> {
    let config = &project.config.advise;
    let known = super::advise::known_rules();
    let allowed = allow.iter().chain(&config.allow);
    let mut left = Vec::new();
    for mut hit in hits {
        let judged = findings::denied(vec![hit.finding], &config.deny, &known, "[advise] deny")?;
        if let Some(finding) = findings::unaccepted(judged, allowed.clone(), &known, "[advise] allow")?.pop() {
            hit.finding = finding;
            left.push(hit);
        }
    }
    // Where nothing is found, a slip of the pen is one all the same.
    findings::unaccepted(Vec::new(), allowed, &known, "[advise] allow")?;
    findings::denied(Vec::new(), &config.deny, &known, "[advise] deny")?;
    Ok(left)
}

/// What tells a hit from others in a baseline.
fn known_by(hit: &Hit) -> (&Finding, &str) {
    (&hit.finding, &hit.statement)
}

fn sorted(hits: &[Hit]) -> Vec<Finding> {
    let mut found = hits.iter().map(|hit| hit.finding.clone()).collect::<Vec<_>>();
    found.sort_by(|a, b| (a.severity, a.rule, &a.location, a).cmp(&(b.severity, b.rule, &b.location, b)));
    found
}

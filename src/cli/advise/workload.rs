//! `pgkeel advise --workload`.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::json;
use sqlx::PgConnection;

use crate::advise::workload::lab::Lab;
use crate::advise::workload::{self, Advice, FINDING, Limits, REDUNDANT, Workload, source};
use crate::catalog::usage::Replication;
use crate::catalog::{Catalog, Name, QName};
use crate::cli::args::advise::{Advise, AdviseFormat};
use crate::cli::args::findings::FindingsFormat;
use crate::cli::exit::Exit;
use crate::cli::findings::{self, Shown};
use crate::cli::mend;
use crate::cli::report::{self, Report};
use crate::cli::source::{Reading, Side, Source};
use crate::config::load::Project;
use crate::diagnostic::{Diagnostic, Severity};
use crate::finding::Finding;
use crate::introspect::planner_statistics::{self, PlannerStatistics};
use crate::introspect::{Depth, connect, usage};
use crate::migrate::prove::{self, Grounds};
use crate::scratch;
use crate::{Error, Result};

/// The queries that the server has counted, instead of a file of them.
const STATEMENTS: &str = "pg_stat_statements";

/// Recommends indexes for the workload called `name`.
pub(super) async fn run(name: &str, words: &Advise, project: &Project, report: Report) -> Result<Exit> {
    let limits = limits(words)?;
    let mut reading = Reading::new(&words.source, project, report)?;
    let Source::Database(url) = reading.source.clone() else {
        return Err(
            Error::new(format!("{} has no statistics to plan with", reading.source)).with_hint(
                "a workload needs a live database, of which only catalogs are read: --source env:DATABASE_URL",
            ),
        );
    };
    // What is wrong with the file is said before anything takes time.
    let file = match name {
        STATEMENTS => None,
        path => Some(source::read(Path::new(path))?),
    };
    let (statistics, mut workload) = counted(&url, file).await?;
    // Plans are made as those who run the queries, whether or not anything in the schema names them.
    reading.scope.roles.extend(roles(&workload));
    let side = reading.side(Depth::Whole, report).await?;
    report.diagnostics(&side.diagnostics);
    super::check_complete(&side.diagnostics)?;
    let analysed = statistics.relations.iter().any(|relation| relation.tuples > 0.0);
    if !analysed {
        return Err(Error::new(format!("no table of {} has been analysed", reading.source))
            .with_hint("the planner knows nothing of its rows: run ANALYZE there"));
    }
    workload.notes.extend(guessed(&side.catalog, &statistics));
    let mut advice = advise(&side, &statistics, &workload, &limits, &reading, report).await?;
    if !advice.recommendations.is_empty() {
        workload::confirm(&mut connect::connect(&url).await?, &workload, &mut advice).await;
    }
    tell(&advice, report);
    let about = [FINDING, REDUNDANT];
    let known = super::known_rules();
    let config = &project.config.advise;
    let found = findings::denied(workload::findings(&advice), &config.deny, &known, "[advise] deny")?;
    let allowed = words.counting.allow.iter().chain(&config.allow);
    let found = findings::unaccepted(found, allowed, &known, "[advise] allow")?;
    let Some(found) = findings::fresh(found, &words.counting, findings::alone, report)? else {
        return Ok(Exit::Clean);
    };
    match words.format {
        AdviseFormat::Sql => report::print(&super::statements(&found))?,
        AdviseFormat::Findings(FindingsFormat::Json) => report::print(&document(&advice, &found))?,
        AdviseFormat::Findings(format) => {
            let shown = Shown::new("advise", &found, &about, reading.source.file());
            findings::show(&shown, format, report)?;
        }
    }
    let found = match &words.write {
        None => found,
        Some(name) => {
            let staying = mend::write(name, &found, &side, &reading, project, report).await?;
            staying.into_iter().cloned().collect()
        }
    };
    // What could not be planned, or seen, is no clean bill.
    let is_whole = advice.unplanned.is_empty() && advice.notes.iter().all(|noticed| noticed.severity == Severity::Note);
    Ok(match findings::exit(&found, words.counting.fail_on) {
        Exit::Clean if !is_whole => Exit::Failure,
        exit => exit,
    })
}

/// Those who run the queries.
fn roles(workload: &Workload) -> impl Iterator<Item = Name> {
    let variants = workload.queries.iter().flat_map(|query| &query.variants);
    variants.filter_map(|variant| variant.role.clone())
}

/// The tables that have rows and no statistics, so that their plans are guesses.
fn guessed(catalog: &Catalog, statistics: &PlannerStatistics) -> Option<Diagnostic> {
    /// How many are named.
    const LISTED: usize = 3;
    let known = statistics.columns.iter();
    let known = known
        .map(|column| (&column.schema, &column.relation))
        .collect::<BTreeSet<_>>();
    let sizes = statistics.relations.iter().filter(|size| size.tuples > 0.0);
    let has_columns = |name: &QName| {
        let relation = catalog.relation(name);
        relation.is_some_and(|relation| !relation.columns().is_empty())
    };
    let unknown =
        sizes.filter(|size| !known.contains(&(&size.name.schema, &size.name.name)) && has_columns(&size.name));
    let unknown = unknown.map(|size| size.name.to_string()).collect::<Vec<_>>();
    let mut subject = unknown.iter().take(LISTED).cloned().collect::<Vec<_>>().join(", ");
    if unknown.is_empty() {
        return None;
    }
    if unknown.len() > LISTED {
        subject.push_str(&format!(" and {} more", unknown.len() - LISTED));
    }
    let message = "nothing is known of what is in the columns, so that what is read of it is a guess";
    Some(Diagnostic::warning(subject, message).with_hint(
        "ask as a role that may read the tables, which alone sees their statistics (pg_read_all_data), and ANALYZE them",
    ))
}

/// What the planner knows there, and the workload, if the server has counted it.
async fn counted(url: &str, file: Option<Workload>) -> Result<(PlannerStatistics, Workload)> {
    let mut connection = connect::connect(url).await?;
    let statistics = planner_statistics::read(&mut connection).await?;
    let workload = match file {
        Some(workload) => workload,
        None => {
            let mut workload = source::from_statements(&planner_statistics::statements(&mut connection).await?);
            workload.notes.extend(elsewhere(&mut connection).await?);
            workload
        }
    };
    Ok((statistics, workload))
}

/// What other servers run on the same tables, which this one has not counted.
async fn elsewhere(connection: &mut PgConnection) -> Result<Option<Diagnostic>> {
    Ok(match usage::replication(connection).await? {
        Some(Replication::Standby) => {
            let message =
                "the server is a standby, so no write is among its statements: what indexes cost is not weighed";
            Some(Diagnostic::warning(STATEMENTS, message).with_hint("ask the primary too"))
        }
        Some(Replication::Primary) => {
            let message = "the server has standbys: what they run is counted there, and not weighed here";
            Some(Diagnostic::note(STATEMENTS, message))
        }
        _ => None,
    })
}

async fn advise(
    side: &Side,
    statistics: &PlannerStatistics,
    workload: &Workload,
    limits: &Limits,
    reading: &Reading,
    report: Report,
) -> Result<Advice> {
    let progress = report.progress("building a scratch copy of the schema");
    let options = scratch::Options {
        // Its catalogs and files are written to.
        shadow: None,
        ..reading.scratch.clone()
    };
    let grounds = Grounds::new(&reading.scope, &options);
    let hint = "extensions that the scratch server lacks can be stood in for: [scratch] stub-extensions";
    let scratch = prove::copy_or(&side.catalog, &grounds, hint).await?;
    progress.message("planning the workload");
    let advice = planned(&scratch, &side.catalog, statistics, workload, limits, report).await;
    let closed = scratch.close().await;
    let advice = advice?;
    closed?;
    Ok(advice)
}

async fn planned(
    scratch: &scratch::Scratch,
    catalog: &Catalog,
    statistics: &PlannerStatistics,
    workload: &Workload,
    limits: &Limits,
    report: Report,
) -> Result<Advice> {
    let (mut lab, noticed) = Lab::open(scratch, statistics).await?;
    report.diagnostics(&noticed);
    workload::advise(&mut lab, catalog, workload, limits).await
}

/// Says what was looked at, and what could not be.
fn tell(advice: &Advice, report: Report) {
    report.diagnostics(&advice.notes);
    for (id, reason) in &advice.unplanned {
        report.diagnostics(&[Diagnostic::warning(id.as_str(), format!("it is left out: {reason}"))]);
    }
    let bytes = advice.recommendations.iter().map(|one| one.bytes).sum::<u64>();
    let times = |cost: f64| advice.before / cost.max(f64::MIN_POSITIVE);
    report.say(&format!(
        "planned {} statements of {} queries: {} indexes of {:.1} MB make the workload's cost {:.0} instead of {:.0}, {:.1} times less",
        advice.planned,
        advice.queries.len(),
        advice.recommendations.len(),
        bytes as f64 / 1e6,
        advice.after,
        advice.before,
        times(advice.after),
    ));
    if let Some(beyond) = advice.beyond {
        // What is chosen first when there is more room need not be the same, and may take more of it.
        let megabytes = (beyond.bytes as f64 * 1.1 / 1e6).ceil();
        report.say(&format!(
            "with --max-size {megabytes}MB it would be about {:.0}, {:.1} times less",
            beyond.cost,
            times(beyond.cost),
        ));
    }
}

/// The findings as every command gives them, and beside them what they were concluded from.
fn document(advice: &Advice, findings: &[Finding]) -> String {
    let queries = advice.queries.iter().map(|query| {
        json!({
            "id": query.id, "sql": query.calls.first().map(|call| &call.sql), "share": query.share, "cost_before": query.before,
            "cost_after": query.after, "plan_before": query.plan_before, "plan_after": query.plan_after,
        })
    });
    let indexes = advice.recommendations.iter().map(|one| {
        json!({
            "name": one.index.name, "table": one.index.relation, "statements": one.statements, "bytes": one.bytes,
            "saving": one.saving, "write_cost": one.write_cost,
            "queries": one.serves.iter().map(|served| advice.queries[served.query].id.as_str()).collect::<Vec<_>>(),
            "costs_without": one.serves.iter().map(|served| served.without).collect::<Vec<_>>(),
            "makes_redundant": one.redundant.iter().map(|(name, _)| name).collect::<Vec<_>>(),
            "confidence": one.confidence().to_string(),
            "source": one.source.map(|source| json!({
                "cost_before": source.before, "cost_after": source.after, "used": source.is_used,
            })),
        })
    });
    let unplanned = advice
        .unplanned
        .iter()
        .map(|(id, reason)| json!({"id": id, "reason": reason}));
    let document = json!({
        "version": 1,
        "findings": findings,
        "workload": {
            "cost_before": advice.before, "cost_after": advice.after, "write_cost": advice.writes,
            "read_bytes": advice.read_bytes,
            "without_limit": advice.beyond.map(|beyond| json!({"bytes": beyond.bytes, "cost": beyond.cost})),
            "indexes": indexes.collect::<Vec<_>>(), "queries": queries.collect::<Vec<_>>(),
            "unplanned": unplanned.collect::<Vec<_>>(),
        },
    });
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}

fn limits(words: &Advise) -> Result<Limits> {
    Ok(Limits {
        max_bytes: words.max_size.as_deref().map(bytes).transpose()?,
        max_write_share: words.max_write_cost.map(|percent| percent / 100.0),
        ..Limits::default()
    })
}

/// `50MB`, `1.5GB`, `800kB` or a number of bytes.
fn bytes(text: &str) -> Result<u64> {
    let text = text.trim();
    let end = text
        .find(|letter: char| !letter.is_ascii_digit() && letter != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let unit = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => Some(1.0),
        "kb" | "k" => Some(1e3),
        "mb" | "m" => Some(1e6),
        "gb" | "g" => Some(1e9),
        "tb" | "t" => Some(1e12),
        _ => None,
    };
    match (number.parse::<f64>(), unit) {
        (Ok(number), Some(unit)) => Ok((number * unit) as u64),
        _ => Err(Error::new(format!("--max-size: `{text}` is no size")).with_hint("write it as 50MB or 1.5GB")),
    }
}

#[cfg(test)]
mod tests {
    use super::bytes;

    #[test]
    fn sizes_have_units() {
        assert_eq!(bytes("50MB").unwrap(), 50_000_000);
        assert_eq!(bytes("1.5 GB").unwrap(), 1_500_000_000);
        assert_eq!(bytes("8192").unwrap(), 8192);
        for text in ["", "MB", "50 horses", "1.2.3"] {
            assert!(bytes(text).is_err(), "{text}");
        }
    }
}

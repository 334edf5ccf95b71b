//! `--write` of findings: the statements that mend what was found, as a migration.

use std::collections::BTreeMap;

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use super::exit::Exit;
use super::planning::{self, accept};
use super::report::Report;
use super::source::{Reading, Side};
use crate::catalog::Catalog;
use crate::config::load::Project;
use crate::diagnostic::Diagnostic;
use crate::finding::Finding;
use crate::introspect::{self, Depth};
use crate::migrate::prove::{self, Grounds, Proof};
use crate::migrate::{self, render};
use crate::scratch::split::{Piece, Splitter, Variables};
use crate::{Error, Result};

/// Runs the fixes in a scratch copy, plans from what comes out, proves the plan and writes it. Gives the findings that
/// stay.
pub(super) async fn write<'f>(
    name: &str,
    findings: &'f [Finding],
    side: &Side,
    reading: &Reading,
    project: &Project,
    report: Report,
) -> Result<Vec<&'f Finding>> {
    let (mendable, mut staying): (Vec<_>, Vec<_>) = findings.iter().partition(|finding| changes_schema(finding));
    if let Some(kept) = staying.iter().find_map(|finding| finding.fix.as_deref()) {
        let message =
            "it changes nothing of the schema, and is run by hand, as what else --format sql prints of its kind";
        report.diagnostics(&[Diagnostic::note(kept, message)]);
    }
    if mendable.is_empty() {
        report.done("none of it can be mended without a decision: no migration is written");
        return Ok(staying);
    }
    let grounds = Grounds {
        session: side.session.as_ref(),
        ..Grounds::new(&reading.scope, &reading.scratch)
    };
    let progress = report.progress("trying the fixes in a scratch database");
    let mended = mended(&side.catalog, &mendable, &grounds).await?;
    for (finding, refusal) in mendable.iter().zip(&mended.refusals) {
        if let Some(reason) = refusal {
            let message = format!("{}: its fix does not run, and is left out: {reason}", finding.rule);
            report.diagnostics(&[Diagnostic::warning(finding.subject.clone(), message)]);
            staying.push(finding);
        }
    }
    let up = migrate::plan(&mended.before, &mended.after, &planning::options(&grounds))?;
    if !up.is_empty() {
        progress.message("proving the migration in a scratch database");
        match prove::prove(&side.catalog, &mended.after, &up, &grounds).await? {
            Proof::Nothing => {
                return Err(Error::new("the fixes change nothing, although they run").with_hint("please report it"));
            }
            proof => accept(proof)?,
        }
    }
    drop(progress);
    if up.is_empty() {
        report.done("no fix runs here: no migration is written");
        return Ok(staying);
    }
    report.diagnostics(&render::diagnostics(&up));
    match planning::write(
        name,
        &up,
        [&mended.before, &mended.after],
        &grounds,
        false,
        project,
        report,
    )
    .await?
    {
        Exit::Clean => Ok(staying),
        _ => Err(Error::new("the migration is not written")),
    }
}

/// Whether a migration can mend it: what clears or builds anew what is there leaves the schema as it is.
fn changes_schema(finding: &Finding) -> bool {
    let is_upkeep = |fix: &str| fix.starts_with("REINDEX ") || fix.starts_with("VACUUM ");
    finding.fix.as_deref().is_some_and(|fix| !is_upkeep(fix))
}

/// A schema before and after the fixes were run on it.
struct Mended {
    /// The old schema, as a server reads it that it was built on anew.
    before: Catalog,
    /// What became of it.
    after: Catalog,
    /// Why the server refused a fix, for each of them. A fix holds as a whole or not at all.
    refusals: Vec<Option<String>>,
}

/// Runs a fix, statement by statement, because some take no transaction; gives what the server refused it for.
async fn refusal(fix: &str, connection: &mut PgConnection) -> Option<String> {
    let mut splitter = Splitter::new(fix);
    while let Some(piece) = splitter.next(true, &Variables::new()) {
        let Piece::Statement(statement) = piece else { continue };
        let outcome = sqlx::raw_sql(AssertSqlSafe(statement.text))
            .execute(&mut *connection)
            .await;
        match outcome {
            Ok(_) => {}
            Err(sqlx::Error::Database(error)) => return Some(error.message().to_owned()),
            Err(error) => return Some(error.to_string()),
        }
    }
    None
}

async fn mended(from: &Catalog, findings: &[&Finding], grounds: &Grounds<'_>) -> Result<Mended> {
    let scratch = prove::copy(from, grounds).await?;
    let mut connection = scratch.connect().await?;
    let (before, _) = introspect::read(&mut connection, grounds.scope, Depth::Whole).await?;
    let mut refusals = Vec::new();
    let mut run = BTreeMap::<&str, Option<String>>::new();
    for fix in findings.iter().filter_map(|finding| finding.fix.as_deref()) {
        // One fix may mend several findings.
        let reason = match run.get(fix) {
            Some(reason) => Option::clone(reason),
            None => refusal(fix, &mut connection).await,
        };
        run.insert(fix, reason.clone());
        refusals.push(reason);
    }
    let (after, _) = introspect::read(&mut connection, grounds.scope, Depth::Whole).await?;
    // The scratch server goes, whatever becomes of the connection.
    let _ = connection.close().await;
    scratch.close().await?;
    Ok(Mended {
        before: prove::with_roles_of(before, from),
        after: prove::with_roles_of(after, from),
        refusals,
    })
}

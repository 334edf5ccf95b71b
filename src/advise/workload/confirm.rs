//! What the source's own planner says of the indexes that were chosen, where HypoPG is installed there. It knows fewer kinds
//! of index, and less of each, than the laboratory does, so that it confirms what was chosen, or doubts it, and chooses
//! nothing.
//!
//! Everything happens in one transaction that is read only and rolled back; no statement is run. While PostgreSQL plans, it
//! evaluates stable functions with constant arguments, such as those of policies.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use sqlx::{AssertSqlSafe, PgConnection, Row as _};

use super::lab::{self, Call};
use super::report::mean_cost;
use super::{Advice, Workload, plan};
use crate::catalog::Name;
use crate::ddl::planning::{act_as, explain, set_as_in_routines};
use crate::diagnostic::Diagnostic;
use crate::sql::{keyword_safe, set_local};
use crate::{Error, Result};

/// What the source's planner says of an index: of one run of each query that the index serves and that can be planned there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OnSource {
    /// What they cost there now, in the planner's units.
    pub before: f64,
    /// What they would cost there with those of the recommended indexes that HypoPG knows.
    pub after: f64,
    /// Whether the index is in one of those plans.
    pub is_used: bool,
}

/// Opens the transaction, and asks where HypoPG is and whether it is switched on.
const OPEN: &str = "begin read only; set local statement_timeout = '5s'; set local lock_timeout = '1s'; \
    select n.nspname::text, coalesce(nullif(current_setting('hypopg.enabled', true), '')::bool, true) \
    from pg_catalog.pg_extension as e join pg_catalog.pg_namespace as n on n.oid = e.extnamespace where e.extname = 'hypopg'";

/// What the queries are planned under; each of them begins where this ends.
const SETTLE: &str = "set local max_parallel_workers_per_gather = 0; set local jit = off; savepoint pgkeel";

const RETURN: &str = "rollback to savepoint pgkeel";

/// Gives no row for what makes no index.
const CREATE: &str = "select indexname::text from hypopg.hypopg_create_index($1)";

/// Indexes that are imagined belong to the session, not to the transaction.
const CLOSE: &str = "rollback; select from hypopg.hypopg_reset()";

/// Asks the source's planner about every index of `advice`, and adds what it says. What cannot be asked is a note.
pub async fn confirm(source: &mut PgConnection, workload: &Workload, advice: &mut Advice) {
    if advice.recommendations.is_empty() {
        return;
    }
    let (asked, closed) = match opened(source).await {
        Ok(None) => (Ok(()), run(source, "rollback").await),
        Ok(Some((_, false))) => (Err(Error::new("hypopg.enabled is off")), run(source, "rollback").await),
        Ok(Some((home, true))) => (
            ask(source, &home, workload, advice).await,
            run(source, &at(&home, CLOSE)).await,
        ),
        Err(error) => (Err(error), Ok(())),
    };
    if let Err(reason) = asked.and(closed) {
        let message = format!("its planner is not asked about the indexes, though HypoPG is there: {reason}");
        advice.notes.push(Diagnostic::note("the source", message));
    }
}

/// The schema of the extension, and whether it is switched on; `None` where it is not installed.
async fn opened(source: &mut PgConnection) -> Result<Option<(String, bool)>> {
    let row = sqlx::raw_sql(OPEN).fetch_optional(source).await.map_err(failed)?;
    let read = |row: sqlx::postgres::PgRow| Ok((row.try_get(0)?, row.try_get(1)?));
    row.map(read).transpose().map_err(failed)
}

async fn ask(source: &mut PgConnection, home: &str, workload: &Workload, advice: &mut Advice) -> Result<()> {
    run(source, lab::SEARCH_PATH).await?;
    for statement in &workload.session {
        run(source, statement).await?;
    }
    run(source, SETTLE).await?;
    let served = advice.recommendations.iter().flat_map(|one| &one.serves);
    let before = plans(source, served.map(|served| served.query).collect(), advice).await?;
    let mut imagined = Vec::new();
    for recommendation in &advice.recommendations {
        let (names, refused) = imagine(source, home, &recommendation.statements).await?;
        if let Some(reason) = refused {
            let part = if names.is_empty() { "" } else { "all of " };
            let message = format!("the source's planner is not asked about {part}it: {reason}");
            advice
                .notes
                .push(Diagnostic::note(recommendation.index.name.to_string(), message));
        }
        imagined.push(names);
    }
    let after = plans(source, before.keys().copied().collect(), advice).await?;
    for (recommendation, names) in advice.recommendations.iter_mut().zip(imagined) {
        let served = recommendation.serves.iter().map(|served| served.query);
        let served = served.filter(|query| after.contains_key(query)).collect::<Vec<_>>();
        if names.is_empty() || served.is_empty() {
            continue;
        }
        let cost = |all: &BTreeMap<usize, Vec<Value>>| served.iter().map(|query| mean_cost(&all[query])).sum();
        let mut used = BTreeSet::new();
        let plans = served.iter().flat_map(|query| &after[query]);
        plans.for_each(|plan| plan::indexes(plan, &mut used));
        let said = OnSource {
            before: cost(&before),
            after: cost(&after),
            is_used: !used.is_disjoint(&names),
        };
        if !said.is_used {
            let message = format!(
                "the source's own planner would not use it (HypoPG): what it serves costs {:.0} there, and {:.0} with the \
                 recommended indexes that HypoPG knows",
                said.before, said.after
            );
            advice
                .notes
                .push(Diagnostic::note(recommendation.index.name.to_string(), message));
        }
        recommendation.source = Some(said);
    }
    Ok(())
}

/// Imagines what the statements make; gives the names of that, and why something is missing.
async fn imagine(
    source: &mut PgConnection,
    home: &str,
    statements: &[String],
) -> Result<(BTreeSet<Name>, Option<String>)> {
    let mut names = BTreeSet::new();
    let mut refused = None;
    for statement in statements {
        let made = sqlx::query_scalar::<_, String>(AssertSqlSafe(at(home, CREATE))).bind(statement);
        match made.persistent(false).fetch_all(&mut *source).await {
            Ok(made) => names.extend(made.into_iter().map(Name::from)),
            Err(error) => {
                run(source, RETURN).await?;
                refused = Some(failed(error).to_string());
            }
        }
    }
    if names.is_empty() && refused.is_none() {
        refused = Some("HypoPG makes nothing of it".to_owned());
    }
    Ok((names, refused))
}

/// The plans of queries, without those that cannot be planned there.
async fn plans(
    source: &mut PgConnection,
    queries: BTreeSet<usize>,
    advice: &mut Advice,
) -> Result<BTreeMap<usize, Vec<Value>>> {
    let mut planned = BTreeMap::new();
    for query in queries {
        let outcome = &advice.queries[query];
        match plans_of(source, &outcome.calls).await {
            Ok(plans) => {
                planned.insert(query, plans);
            }
            Err(error) => {
                let message = format!("it cannot be planned on the source: {error}");
                advice.notes.push(Diagnostic::note(outcome.id.as_str(), message));
            }
        }
        run(source, RETURN).await?;
    }
    Ok(planned)
}

async fn plans_of(source: &mut PgConnection, calls: &[Call]) -> Result<Vec<Value>> {
    let mut plans = Vec::new();
    for call in calls {
        let claims = set_local("request.jwt.claims", call.claims.as_deref().unwrap_or_default());
        let role = call.role.as_deref().map(act_as).unwrap_or_default();
        let settings = set_as_in_routines(&call.settings);
        run(source, &[RETURN, ";", &claims, ";", &settings, &role].concat()).await?;
        // Not as a message that could hold several: what is more than one statement is refused.
        let plan = sqlx::query(AssertSqlSafe(explain(&call.sql)));
        let plan = plan.persistent(false).fetch_one(&mut *source).await;
        plans.push(lab::plan_in(&plan.map_err(failed)?)?);
    }
    Ok(plans)
}

/// What is asked of the extension, in the schema where it is.
fn at(home: &str, sql: &str) -> String {
    sql.replace("hypopg.", &format!("{}.", keyword_safe(home)))
}

async fn run(source: &mut PgConnection, sql: &str) -> Result<()> {
    let done = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(source).await;
    done.map(|_| ()).map_err(failed)
}

fn failed(error: sqlx::Error) -> Error {
    lab::failed("PostgreSQL says", error)
}

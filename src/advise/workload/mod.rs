//! Which indexes a workload wants.
//!
//! [`source`] reads queries from wherever they are kept; [`lab`] is a scratch server that plans as production would;
//! [`advise`] asks it what queries cost with which indexes, and chooses. Plans are made as the role with its claims, so
//! that row-level security is part of every query: what it makes useless is never chosen.

pub mod lab;
pub mod source;

mod candidates;
mod conditions;
mod confirm;
mod derived;
mod load;
mod plan;
mod prepare;
mod report;
mod select;
mod size;
mod typical;

use std::collections::BTreeSet;
use std::fmt;

use crate::catalog::index::Index;
use crate::catalog::{Catalog, Name, QName};
use crate::diagnostic::Diagnostic;
use crate::{Error, Result};

pub use confirm::{OnSource, confirm};
use lab::{Call, Lab};
use load::Costs;
pub use report::{FINDING, REDUNDANT, findings};
pub use select::Limits;

/// Queries, and how much each of them counts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Workload {
    /// What is said of the whole.
    pub session: Vec<String>,
    /// The queries.
    pub queries: Vec<Query>,
    /// What was noticed while they were read.
    pub notes: Vec<Diagnostic>,
}

/// One query, with some of the values that it is run with.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    /// What it is called.
    pub id: String,
    /// The texts that it is run as.
    pub variants: Vec<Variant>,
    /// How often it is run, in whatever measure the workload has.
    pub calls: f64,
    /// How long all of that takes in milliseconds, where it has been measured.
    pub total_ms: Option<f64>,
}

/// One run of a query.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Variant {
    /// The statement; `$1` and so on are parameters.
    pub sql: String,
    /// The values of the parameters, where they are known; `None` among them is NULL.
    pub values: Option<Vec<Option<String>>>,
    /// The role that runs it.
    pub role: Option<Name>,
    /// The claims of its token, as JSON.
    pub claims: Option<String>,
}

/// What is recommended, and what comes of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Advice {
    /// The indexes, the one that saves most for its size first.
    pub recommendations: Vec<Recommendation>,
    /// What the workload costs now, in the planner's units or, where times were measured, in milliseconds.
    pub before: f64,
    /// What it would cost.
    pub after: f64,
    /// What the new indexes would add to the cost of what writes, which is counted in `after`.
    pub writes: f64,
    /// Every query that could be planned.
    pub queries: Vec<Outcome>,
    /// Those that could not be, and why.
    pub unplanned: Vec<(String, String)>,
    /// What more room would give, where there was not enough for all that is worth its bytes.
    pub beyond: Option<Beyond>,
    /// The bytes of the tables and indexes that the workload reads.
    pub read_bytes: u64,
    /// How many statements have been planned.
    pub planned: usize,
    /// What was noticed on the way.
    pub notes: Vec<Diagnostic>,
}

/// One index to make.
#[derive(Clone, Debug, PartialEq)]
pub struct Recommendation {
    /// The index.
    pub index: Index,
    /// What makes it, in order.
    pub statements: Vec<String>,
    /// Its bytes, as estimated.
    pub bytes: u64,
    /// The part of the workload's cost that it alone saves when the others are there, from 0 to 1.
    pub saving: f64,
    /// What it adds to the cost of what writes, in the measure of [`Advice::before`].
    pub write_cost: f64,
    /// The queries whose plans use it.
    pub serves: Vec<Served>,
    /// Indexes that it makes redundant, with what removes each.
    pub redundant: Vec<(QName, String)>,
    /// How much is known of what it was chosen by.
    pub known: Confidence,
    /// What the source's own planner says of it; `None` where nobody could ask.
    pub source: Option<OnSource>,
}

impl Recommendation {
    /// How sure it is: what is known, and whether the source's own planner agrees. What both guess stays a guess.
    pub fn confidence(&self) -> Confidence {
        match (self.known, self.source.map(|source| source.is_used)) {
            (known, None) => known,
            (Confidence::High | Confidence::Medium, Some(true)) => Confidence::High,
            (Confidence::High, Some(false)) => Confidence::Medium,
            (Confidence::Medium | Confidence::Low, Some(_)) => Confidence::Low,
        }
    }
}

/// A query that uses an index.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Served {
    /// Its number in [`Advice::queries`].
    pub query: usize,
    /// What the planner says that it would cost with the other recommended indexes alone.
    pub without: f64,
}

/// What would be recommended if the room for new indexes were not limited.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Beyond {
    /// The bytes of all indexes.
    pub bytes: u64,
    /// What the workload would cost then, in the measure of [`Advice::before`].
    pub cost: f64,
}

/// How much a recommendation rests on what is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// The values are the workload's own, and all columns have statistics.
    High,
    /// Values were made up from statistics, or an expression's statistics were.
    Medium,
    /// A table has not been analysed, so that PostgreSQL guesses.
    Low,
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        })
    }
}

/// What becomes of one query.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// What it is called.
    pub id: String,
    /// What was planned: the same with several values.
    pub calls: Vec<Call>,
    /// The part of the workload's cost that it is now, from 0 to 1.
    pub share: f64,
    /// What the planner says that it costs now.
    pub before: f64,
    /// What it would cost.
    pub after: f64,
    /// Its plan now, in a line for each node.
    pub plan_before: String,
    /// Its plan then.
    pub plan_after: String,
}

/// Finds the indexes that a workload wants.
///
/// # Errors
/// Where no query can be planned, or the scratch server fails.
pub async fn advise(lab: &mut Lab, catalog: &Catalog, workload: &Workload, limits: &Limits) -> Result<Advice> {
    lab.set(&workload.session).await?;
    let mut advice = Advice {
        notes: workload.notes.clone(),
        ..Advice::default()
    };
    let queries = prepare::planned(lab, catalog, &workload.queries, &mut advice.unplanned).await?;
    let inside = derived::found(lab, catalog, &queries, &mut advice.notes).await?;
    let mut queries = prepare::weighed(queries, inside, &workload.queries);
    if queries.is_empty() {
        let error = Error::new("no query of the workload can be planned");
        // What could not be seen at all says more than what is wrong with the rest.
        let unseen = advice.notes.iter().find(|noticed| noticed.is_gap);
        let told = |noticed: &Diagnostic| format!("{}: {}", noticed.subject, noticed.message);
        return Err(match (unseen, advice.unplanned.first(), advice.notes.first()) {
            (Some(unseen), _, _) => match &unseen.hint {
                Some(hint) => error.with_detail(told(unseen)).with_hint(hint.as_str()),
                None => error.with_detail(told(unseen)),
            },
            (None, Some((id, reason)), _) => error.with_detail(format!("{id}: {reason}")),
            (None, None, Some(noticed)) => error.with_detail(told(noticed)),
            (None, None, None) => error.with_hint("the workload is empty"),
        });
    }
    let negligible = prepare::reduce(&mut queries);
    if negligible > 0 {
        let message = format!("{negligible} queries are left out, which make up next to nothing of the cost");
        advice.notes.push(Diagnostic::note("the workload", message));
    }
    let mut costs = Costs::new(lab, catalog, queries);
    let moves = select::gather(&mut costs).await?;
    let chosen = select::choose(&mut costs, moves, limits).await?;
    report::fill(&mut advice, &mut costs, &chosen).await?;
    Ok(advice)
}

/// Those of the columns `mentioned` that have no statistics, though their table has rows.
fn unknown_columns(lab: &Lab, table: &QName, mentioned: &BTreeSet<Name>) -> bool {
    mentioned.iter().any(|column| {
        let facts = lab.columns.get(&(table.clone(), column.clone()));
        facts.is_some_and(|facts| facts.found.is_none())
    })
}

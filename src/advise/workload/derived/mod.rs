//! What queries run besides themselves and no plan shows: the look-ups of foreign keys when a referenced row goes, and
//! the statements of functions that are called, by the query itself, by triggers, or by policies and the like.

mod bodies;
mod called;
mod keys;
mod plpgsql;
mod variables;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::lab::{Call, Lab};
use super::load::Costed;
use super::plan;
use super::source::Runs;
use crate::Result;
use crate::catalog::trigger::Event;
use crate::catalog::{Catalog, QName, RoutineId};
use crate::diagnostic::Diagnostic;
use bodies::{Gaps, Inner, Source};
use called::{Routines, Step};

/// How far deletions, and functions that call others, are followed.
const DEPTH: usize = 4;

/// What a query runs besides itself.
#[derive(Clone, Debug)]
pub(super) struct Inside {
    /// It.
    pub(super) query: Costed,
    /// The number of the query that runs it.
    pub(super) root: usize,
    /// How often, for each run of that.
    pub(super) times: f64,
}

/// What the queries run besides; says of which functions the statements are not known.
pub(super) async fn found(
    lab: &mut Lab,
    catalog: &Catalog,
    queries: &[Costed],
    notes: &mut Vec<Diagnostic>,
) -> Result<Vec<Inside>> {
    let mut follow = Follow {
        lab,
        catalog,
        routines: Routines::of(catalog),
        bodies: BTreeMap::new(),
        gaps: BTreeMap::new(),
        found: BTreeMap::new(),
        root: 0,
        path: Vec::new(),
    };
    for (root, query) in queries.iter().enumerate() {
        follow.root = root;
        let Some(call) = query.calls.first() else { continue };
        match Runs::of(&call.sql).unwrap_or(Runs::Plan) {
            Runs::Plan => {
                let plan = follow.lab.plans(&[call], &[], &[]).await?.remove(0);
                let steps = called::steps(query, &plan, catalog, &follow.routines, follow.lab);
                follow.keys(&query.id, &plan, 1.0).await?;
                follow.steps(&steps, call, 1.0).await?;
            }
            Runs::Procedure => {
                let steps = follow.routines.procedures(&call.sql);
                follow.steps(&steps, call, 1.0).await?;
            }
            Runs::Block => {
                let block = Source::of_block(&query.id, &call.sql, catalog);
                let (inner, gaps) = block.planned(follow.lab, &follow.routines, call).await;
                follow.gaps.insert(QName::new("", query.id.as_str()), gaps);
                follow.body(&inner, 1.0).await?;
            }
        }
    }
    let Follow { gaps, found, .. } = follow;
    notes.extend(gaps.iter().filter_map(|(name, gaps)| gaps.note(name)));
    if gaps.values().any(|gaps| gaps.is_assumed) {
        let message = "what is in a loop is taken to run for each row that the planner expects, up to 100, or else 10 times, \
            and what is in a branch every second time";
        notes.push(Diagnostic::note("statements of functions", message));
    }
    Ok(found.into_values().collect())
}

struct Follow<'a> {
    lab: &'a mut Lab,
    catalog: &'a Catalog,
    routines: Routines<'a>,
    /// What has been planned of bodies, by function, the table whose trigger runs it, and who runs it.
    bodies: BTreeMap<(RoutineId, Option<QName>, Call), Arc<Vec<Inner<'a>>>>,
    gaps: BTreeMap<QName, Gaps>,
    found: BTreeMap<(usize, Vec<Call>), Inside>,
    /// The query that is followed.
    root: usize,
    /// The functions that are being followed.
    path: Vec<RoutineId>,
}

impl<'a> Follow<'a> {
    /// Follows functions that `caller` runs, which itself is run so many times.
    async fn steps(&mut self, steps: &[Step<'a>], caller: &Call, times: f64) -> Result<()> {
        for step in steps {
            let id = &step.routine.id;
            if self.path.contains(id) || self.path.len() >= DEPTH {
                continue;
            }
            let within = bodies::within(caller, step.routine, self.catalog);
            let table = step.trigger.map(|trigger| trigger.relation.clone());
            let key = (id.clone(), table, within);
            let body = match self.bodies.get(&key) {
                Some(known) => Arc::clone(known),
                None => {
                    let source = Source::of(step.routine, step.trigger, self.catalog);
                    let (body, gaps) = source.planned(self.lab, &self.routines, &key.2).await;
                    self.gaps.entry(id.name.clone()).or_default().add(gaps);
                    Arc::clone(self.bodies.entry(key).or_insert(Arc::new(body)))
                }
            };
            self.path.push(id.clone());
            let done = Box::pin(self.body(&body, times * step.times)).await;
            self.path.pop();
            done?;
        }
        Ok(())
    }

    /// Counts the statements of a body, and follows what they run.
    async fn body(&mut self, body: &[Inner<'a>], times: f64) -> Result<()> {
        for inner in body {
            let times = times * inner.times;
            if let Some(query) = &inner.query {
                self.add(query.clone(), times);
                self.keys(&query.id, &inner.plan, times).await?;
            }
            self.steps(&inner.steps, &inner.call, times).await?;
        }
        Ok(())
    }

    /// Adds what foreign keys do when the plan is run, and what they fire.
    async fn keys(&mut self, id: &str, plan: &Value, times: f64) -> Result<()> {
        let mut look_ups = Vec::new();
        for write in plan::written(plan) {
            if write.events == [Event::Delete] {
                let mut path = vec![write.table.clone()];
                let times = times * write.rows;
                keys::cascade(
                    self.lab,
                    self.catalog,
                    id,
                    &write.table,
                    times,
                    &mut path,
                    &mut look_ups,
                )
                .await;
            }
        }
        for (query, times) in look_ups {
            if let Some(call) = query.calls.first().filter(|_| self.path.len() < DEPTH) {
                let plan = self.lab.plans(&[call], &[], &[]).await?.remove(0);
                let steps = called::steps(&query, &plan, self.catalog, &self.routines, self.lab);
                let call = call.clone();
                self.add(query, times);
                self.steps(&steps, &call, times).await?;
            } else {
                self.add(query, times);
            }
        }
        Ok(())
    }

    fn add(&mut self, query: Costed, times: f64) {
        let root = self.root;
        let found = self.found.entry((root, query.calls.clone()));
        let inside = found.or_insert(Inside {
            query,
            root,
            times: 0.0,
        });
        inside.times += times;
    }
}

/// Whether a statement has a plan.
fn is_planned(sql: &str) -> bool {
    Runs::of(sql) == Some(Runs::Plan)
}

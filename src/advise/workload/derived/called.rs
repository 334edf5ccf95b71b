//! Which functions a plan runs, and how often: those that it shows, and those that it does not, of triggers, policies,
//! constraints and generated columns of what is written.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::super::lab::Lab;
use super::super::load::Costed;
use super::super::plan::{Written, children, is_apart, strings, written};
use crate::catalog::constraint::ConstraintKind;
use crate::catalog::routine::{ArgumentMode, Body, Routine, RoutineKind};
use crate::catalog::trigger::{Enabled, Event, Trigger};
use crate::catalog::{Catalog, Name, QName};
use crate::sql::calls::{Call, calls};

/// A function that is run.
#[derive(Clone, Debug)]
pub(super) struct Step<'c> {
    pub(super) routine: &'c Routine,
    /// The trigger that runs it, if one does.
    pub(super) trigger: Option<&'c Trigger>,
    /// How often, for each run of the statement.
    pub(super) times: f64,
}

/// The functions that have a body of statements, or one that is not seen into, by name.
#[derive(Debug)]
pub(super) struct Routines<'c> {
    by_name: BTreeMap<&'c str, Vec<&'c Routine>>,
}

impl<'c> Routines<'c> {
    pub(super) fn of(catalog: &'c Catalog) -> Self {
        let mut by_name = BTreeMap::<_, Vec<_>>::new();
        let has_body = |routine: &&Routine| {
            matches!(routine.body, Body::Source(_) | Body::Sql(_)) && routine.language != "internal"
        };
        for routine in catalog.routines.iter().filter(has_body) {
            by_name.entry(routine.id.name.name.as_str()).or_default().push(routine);
        }
        Self { by_name }
    }

    /// The procedures that a `CALL` can mean.
    pub(super) fn procedures(&self, statement: &str) -> Vec<Step<'c>> {
        let called = calls(statement).into_iter().next();
        let meant = called.iter().flat_map(|called| self.meant(called));
        let step = |routine| Step {
            routine,
            trigger: None,
            times: 1.0,
        };
        meant.map(step).collect()
    }

    /// Whether an expression calls one of them.
    pub(super) fn is_called(&self, text: &str) -> bool {
        calls(text).iter().any(|called| self.meant(called).next().is_some())
    }

    /// Those that a call can mean.
    fn meant(&self, called: &Call) -> impl Iterator<Item = &'c Routine> + use<'c> {
        let called = called.clone();
        let named = self.by_name.get(called.name.as_str()).cloned().unwrap_or_default();
        named.into_iter().filter(move |routine| {
            let takes = routine.arguments.iter().filter(|argument| {
                // A procedure is given something for what it gives back, too.
                !matches!(argument.mode, ArgumentMode::Out | ArgumentMode::Table)
                    || routine.kind == RoutineKind::Procedure
            });
            let needed = takes.clone().filter(|argument| argument.default.is_none()).count();
            let is_variadic = takes.clone().any(|argument| argument.mode == ArgumentMode::Variadic);
            let schema = called.schema.as_deref();
            schema.is_none_or(|schema| routine.id.name.schema == schema)
                && (is_variadic || (needed..=takes.count()).contains(&called.arguments))
        })
    }
}

/// What `query` runs besides what its plan has.
pub(super) fn steps<'c>(
    query: &Costed,
    plan: &Value,
    catalog: &'c Catalog,
    known: &Routines<'c>,
    lab: &Lab,
) -> Vec<Step<'c>> {
    let mut steps = Vec::new();
    let mut calls = shown(plan, &|table| lab.rows(table));
    for write in written(plan) {
        for &event in write.events {
            beside(query, &write, event, catalog, &mut calls);
            steps.extend(triggered(query, &write, event, catalog));
        }
    }
    // The same function has a schema in one text and none in another.
    let mut routines = BTreeMap::<_, Step<'c>>::new();
    for (called, times) in calls {
        for routine in known.meant(&called) {
            let trigger = None;
            let step = routines.entry(&routine.id).or_insert(Step {
                routine,
                trigger,
                times,
            });
            step.times = step.times.max(times);
        }
    }
    steps.extend(routines.into_values());
    steps
}

/// The triggers that a write fires. What their conditions say is not looked at.
fn triggered<'c>(query: &Costed, write: &Written, event: Event, catalog: &'c Catalog) -> Vec<Step<'c>> {
    let assigned = query.writes.iter().find(|own| own.table == write.table);
    let assigned = assigned.and_then(|own| own.columns.as_ref());
    let fires = |trigger: &&Trigger| {
        let is_touched = |columns: &BTreeSet<Name>| trigger.columns.iter().any(|column| columns.contains(column));
        trigger.relation == write.table
            && trigger.events.contains(&event)
            && matches!(trigger.enabled, Enabled::Origin | Enabled::Always)
            && (event != Event::Update || trigger.columns.is_empty() || assigned.is_none_or(is_touched))
    };
    let step = |trigger: &'c Trigger| {
        Some(Step {
            routine: catalog.routines.find(|row| row.id.cmp(&trigger.function))?,
            trigger: Some(trigger),
            times: if trigger.for_each_row { write.rows } else { 1.0 },
        })
    };
    catalog.triggers.iter().filter(fires).filter_map(step).collect()
}

/// The calls that are made for each row that is written, and that no plan shows.
fn beside(query: &Costed, write: &Written, event: Event, catalog: &Catalog, found: &mut BTreeMap<Call, f64>) {
    if event == Event::Delete {
        return;
    }
    let Some(relation) = catalog.relation(&write.table) else {
        return;
    };
    let mut texts = Vec::new();
    let generated = relation.columns().iter().filter(|column| column.generated.is_some());
    texts.extend(generated.filter_map(|column| column.default.as_deref()));
    for constraint in catalog.constraints.iter().filter(|row| row.relation == write.table) {
        if let ConstraintKind::Check { expression, .. } = &constraint.kind {
            texts.push(expression);
        }
    }
    let role = query.calls.first().and_then(|call| call.role.as_ref());
    if let Some(role) = role.filter(|_| relation.row.row_security) {
        let binds = catalog.policies.iter().filter(|policy| {
            policy.relation == write.table
                && policy.command.is_none_or(|command| command == event)
                && (policy.roles.is_empty() || policy.roles.contains(role))
        });
        texts.extend(binds.filter_map(|policy| policy.check.as_deref().or(policy.using.as_deref())));
    }
    for called in texts.into_iter().flat_map(calls) {
        let times = found.entry(called).or_insert(0.0);
        *times = times.max(write.rows);
    }
}

/// The calls that a plan shows, with how often each is made; `rows` tells those of a table.
fn shown(plan: &Value, rows: &dyn Fn(&QName) -> f64) -> BTreeMap<Call, f64> {
    let mut walk = Walk {
        table_rows: rows,
        calls: BTreeMap::new(),
    };
    walk.node(plan, 1.0);
    walk.calls
}

struct Walk<'a> {
    table_rows: &'a dyn Fn(&QName) -> f64,
    calls: BTreeMap<Call, f64>,
}

impl Walk<'_> {
    fn node(&mut self, plan: &Value, loops: f64) {
        let kind = plan["Node Type"].as_str().unwrap_or_default();
        let given = rows(plan) * loops;
        let read = children(plan)
            .filter(|child| !is_apart(child))
            .map(rows)
            .fold(0.0, f64::max)
            * loops;
        let seen = self.filtered(plan, loops, read);
        // What a node below has computed is shown again.
        let below = children(plan).filter(|child| !is_apart(child));
        let below = below.flat_map(|child| strings(&child["Output"])).flat_map(calls);
        let below = below.collect::<BTreeSet<_>>();
        for (field, value) in plan.as_object().into_iter().flatten() {
            let times = match field.as_str() {
                // A function that gives a set is called once for all of it.
                "Output" if kind == "ProjectSet" => read.max(loops),
                "Output" if kind.ends_with("Aggregate") || kind == "WindowAgg" => read.max(given),
                "Output" | "Sort Key" | "Group Key" | "Conflict Filter" => given,
                "Filter" => seen,
                "Join Filter" | "Hash Cond" | "Merge Cond" => read.max(given),
                "Index Cond" | "Recheck Cond" | "TID Cond" | "Order By" | "One-Time Filter" | "Function Call"
                | "Cache Key" => loops,
                _ => continue,
            };
            for text in value.as_str().into_iter().chain(strings(value)) {
                for called in calls(text).into_iter().filter(|called| !below.contains(called)) {
                    let known = self.calls.entry(called).or_insert(1.0);
                    *known = known.max(times);
                }
            }
        }
        let mut outer = 1.0;
        for child in children(plan) {
            let is = |relationship: &str| child["Parent Relationship"] == relationship;
            let loops = match kind {
                // All that others need of it is computed once.
                _ if is("InitPlan") => 1.0,
                _ if is("SubPlan") && is_hashed(plan, child) => 1.0,
                _ if is("SubPlan") => seen.max(given),
                "Limit" if is("Outer") && !is_blocking(child) => loops * (rows(plan) / rows(child)).min(1.0),
                "Nested Loop" if is("Inner") && child["Node Type"] != "Materialize" => loops * outer,
                _ => loops,
            };
            if is("Outer") {
                outer = rows(child).max(1.0);
            }
            self.node(child, loops);
        }
    }

    /// How many rows a filter is asked about.
    fn filtered(&self, plan: &Value, loops: f64, read: f64) -> f64 {
        /// The planner takes it that a function lets every third row pass (`clause_selectivity_ext`).
        const GUESS: f64 = 3.0;
        let guessed = rows(plan) * loops * GUESS;
        let (Some(schema), Some(name)) = (plan["Schema"].as_str(), plan["Relation Name"].as_str()) else {
            return read.max(rows(plan) * loops);
        };
        let all = (self.table_rows)(&QName::new(schema, name)) * loops;
        let filter = plan["Filter"].as_str().unwrap_or_default();
        match plan["Node Type"] == "Seq Scan" && !filter.contains(" AND ") {
            true => all,
            // What is cheap to compute comes first, and what a call is asked about is what passes that.
            false => guessed.min(all),
        }
    }
}

fn rows(plan: &Value) -> f64 {
    plan["Plan Rows"].as_f64().unwrap_or(1.0).max(1.0)
}

/// Whether a sub-select is computed once for all rows of a node.
fn is_hashed(plan: &Value, child: &Value) -> bool {
    let hashed = format!("hashed {}", child["Subplan Name"].as_str().unwrap_or_default());
    plan.as_object().into_iter().flatten().any(|(_, value)| {
        let mut texts = value.as_str().into_iter().chain(strings(value));
        texts.any(|text| text.contains(&hashed))
    })
}

/// Whether all rows are there before the first is given.
fn is_blocking(plan: &Value) -> bool {
    let kind = plan["Node Type"].as_str().unwrap_or_default();
    ["Sort", "Aggregate", "Hash", "Materialize", "Incremental Sort"].contains(&kind)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// How often a plan of a table of 1,000 rows calls the function.
    fn times(plan: &Value, name: &str) -> Option<f64> {
        let called = shown(plan, &|_| 1000.0);
        let mut named = called.into_iter().filter(|(call, _)| call.name == name);
        named.next().map(|(_, times)| times)
    }

    fn scan(filter: &str, rows: u32) -> Value {
        json!({"Node Type": "Seq Scan", "Schema": "app", "Relation Name": "docs", "Plan Rows": rows, "Filter": filter,
            "Output": ["id"]})
    }

    #[test]
    fn a_helper_of_a_policy_runs_for_each_row_unless_it_is_wrapped() {
        let plain = scan("private.is_member(docs.org)", 333);
        assert_eq!(times(&plain, "is_member"), Some(1000.0));
        let with_more = scan("((docs.id = 5) AND private.is_member(docs.org))", 1);
        assert_eq!(times(&with_more, "is_member"), Some(3.0), "what is cheap comes first");
        let mut wrapped = scan("(docs.org = $0)", 5);
        wrapped["Plans"] = json!([{"Node Type": "Result", "Parent Relationship": "InitPlan", "Plan Rows": 1,
            "Output": ["private.own_org()"]}]);
        assert_eq!(times(&wrapped, "own_org"), Some(1.0));
        let mut listed = scan("(hashed SubPlan 1)", 500);
        listed["Plans"] = json!([{"Node Type": "ProjectSet", "Parent Relationship": "SubPlan", "Subplan Name": "SubPlan 1",
            "Plan Rows": 1000, "Output": ["private.orgs()"],
            "Plans": [{"Node Type": "Result", "Parent Relationship": "Outer", "Plan Rows": 1}]}]);
        assert_eq!(times(&listed, "orgs"), Some(1.0), "a set is made once");
    }

    #[test]
    fn what_is_shown_again_is_computed_once() {
        let sorted = json!({"Node Type": "Limit", "Plan Rows": 10, "Output": ["id", "(app.f(id))"], "Plans": [
            {"Node Type": "Seq Scan", "Parent Relationship": "Outer", "Schema": "app", "Relation Name": "docs",
             "Plan Rows": 1000, "Output": ["id", "app.f(id)"]}]});
        assert_eq!(times(&sorted, "f"), Some(10.0), "a limit stops it");
        let summed = json!({"Node Type": "Aggregate", "Plan Rows": 1, "Output": ["sum(app.f(id))"], "Plans": [
            {"Node Type": "Seq Scan", "Parent Relationship": "Outer", "Schema": "app", "Relation Name": "docs",
             "Plan Rows": 1000, "Output": ["id"]}]});
        assert_eq!(times(&summed, "f"), Some(1000.0));
        let looped = json!({"Node Type": "Nested Loop", "Plan Rows": 40, "Plans": [
            {"Node Type": "Seq Scan", "Parent Relationship": "Outer", "Plan Rows": 20},
            {"Node Type": "Function Scan", "Parent Relationship": "Inner", "Plan Rows": 2, "Function Call": "app.f(docs.id)"}]});
        assert_eq!(times(&looped, "f"), Some(20.0));
    }
}

//! From the workload's texts to queries that the planner takes.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use serde_json::Value;
use sqlparser::ast::{Assignment, AssignmentTarget, OnConflictAction, OnInsert, Statement, visit_statements};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;

use super::derived::Inside;
use super::lab::{Call, Lab};
use super::load::{Costed, Write};
use super::plan::{self, Scan, Written};
use super::source::Runs;
use super::typical::Values;
use super::{Query, Variant, typical};
use crate::Result;
use crate::catalog::trigger::Event;
use crate::catalog::{Catalog, Name, QName};

/// The most runs of one query that are planned.
const VARIANTS: usize = 4;

/// The queries that can be planned, or looked into, without their weights; the others go to `unplanned`, with the reason.
pub(super) async fn planned(
    lab: &mut Lab,
    catalog: &Catalog,
    queries: &[Query],
    unplanned: &mut Vec<(String, String)>,
) -> Result<Vec<Costed>> {
    let mut planned = Vec::new();
    for query in queries {
        match plan_query(lab, catalog, query).await {
            Ok(costed) => planned.push(costed),
            Err(error) => unplanned.push((query.id.clone(), error.to_string())),
        }
    }
    Ok(planned)
}

async fn plan_query(lab: &mut Lab, catalog: &Catalog, query: &Query) -> Result<Costed> {
    if let Some(first) = query
        .variants
        .first()
        .filter(|first| Runs::of(&first.sql) != Some(Runs::Plan))
    {
        let call = call(first, first.sql.clone());
        return Ok(Costed::without_plan(query.id.clone(), call));
    }
    let mut calls = Vec::new();
    let mut values = Values::Constant;
    for variant in query.variants.iter().take(VARIANTS) {
        let (texts, of_these) = typical::filled(lab, &variant.sql, &[], variant.values.as_deref()).await?;
        values = values.max(of_these);
        calls.extend(texts.into_iter().map(|sql| call(variant, sql)));
    }
    calls.truncate(VARIANTS);
    costed(lab, catalog, query.id.clone(), calls, values).await
}

fn call(variant: &Variant, sql: String) -> Call {
    Call {
        sql,
        role: variant.role.clone(),
        claims: variant.claims.clone(),
        settings: Vec::new(),
    }
}

/// Plans a query as things are.
pub(super) async fn costed(
    lab: &mut Lab,
    catalog: &Catalog,
    id: String,
    calls: Vec<Call>,
    values: Values,
) -> Result<Costed> {
    let plans = lab.plans(&calls.iter().collect::<Vec<_>>(), &[], &[]).await?;
    let before = plans.iter().map(plan::cost).sum::<f64>() / plans.len().max(1) as f64;
    let mut tables = BTreeSet::new();
    plans.iter().for_each(|plan| plan::tables(plan, catalog, &mut tables));
    let mut scans = together(plans.iter().map(|plan| plan::scans(plan, catalog)));
    if values != Values::Constant {
        scans.iter_mut().for_each(|(_, scan)| scan.forget_constants());
    }
    Ok(Costed {
        writes: calls
            .first()
            .zip(plans.first())
            .map(|(call, plan)| writes(&call.sql, plan))
            .unwrap_or_default(),
        scans,
        id,
        calls,
        weight: 0.0,
        write_weight: 0.0,
        tables,
        before,
        is_guessed: values == Values::MadeUp,
    })
}

/// The scans of several runs of one query. What limits an index has to hold in all of them.
fn together(runs: impl Iterator<Item = BTreeMap<(QName, String), Scan>>) -> Vec<(QName, Scan)> {
    let mut all = BTreeMap::<(QName, String), Scan>::new();
    for run in runs {
        for (place, scan) in run {
            match all.get_mut(&place) {
                None => {
                    all.insert(place, scan);
                }
                Some(known) => {
                    known.conditions.extend(scan.conditions);
                    known.orders.extend(scan.orders);
                    known.either.extend(scan.either);
                    known.needed.extend(scan.needed);
                    known.fixed.retain(|fixed| scan.fixed.contains(fixed));
                }
            }
        }
    }
    all.into_iter().map(|((table, _), scan)| (table, scan)).collect()
}

/// Leaves out what hardly counts: of a server's thousands of statements a few hundred are nearly all of the load. What
/// writes stays, because it pays for every index.
pub(super) fn reduce(planned: &mut Vec<Costed>) -> usize {
    /// The dearest queries, of whose cost an index may leave nothing: what the others are is measured without them.
    const DEAREST: usize = 5;
    /// The part of the others' cost that is left out at the most, and the most queries that are kept.
    const LEFT_OUT: f64 = 0.002;
    const MOST: usize = 300;
    let cost = |query: &Costed| query.weight * query.before;
    planned.sort_by(|a, b| cost(b).total_cmp(&cost(a)).then_with(|| a.id.cmp(&b.id)));
    let others = planned.iter().skip(DEAREST).map(cost).sum::<f64>();
    let mut left = 0.0;
    let hardly = planned.iter().rev().take_while(|query| {
        left += cost(query);
        left <= LEFT_OUT * others
    });
    let before = planned.len();
    let kept = match before {
        ..=50 => before,
        _ => (before - hardly.count()).min(MOST),
    };
    let mut at = 0;
    planned.retain(|query| {
        at += 1;
        at <= kept || !query.writes.is_empty()
    });
    before - planned.len()
}

/// Gives each query its weight, and what it runs besides its part of that. Where times were measured, a query's share is
/// its share of the time, whatever the planner thinks of it: it is that of all that the query runs.
pub(super) fn weighed(mut planned: Vec<Costed>, inside: Vec<Inside>, queries: &[Query]) -> Vec<Costed> {
    let by_id = queries
        .iter()
        .map(|query| (query.id.as_str(), query))
        .collect::<BTreeMap<_, _>>();
    let timed = |costed: &Costed| by_id.get(costed.id.as_str()).and_then(|query| query.total_ms);
    let mut whole = planned.iter().map(|costed| costed.before).collect::<Vec<_>>();
    for one in &inside {
        whole[one.root] += one.times * one.query.before;
    }
    let (mut time, mut cost) = (0.0, 0.0);
    for (costed, whole) in planned.iter().zip(&whole) {
        if let Some(total) = timed(costed) {
            time += total;
            cost += by_id[costed.id.as_str()].calls * whole;
        }
    }
    let rate = if time > 0.0 && cost > 0.0 { time / cost } else { 1.0 };
    for (costed, whole) in planned.iter_mut().zip(whole) {
        let calls = by_id.get(costed.id.as_str()).map_or(1.0, |query| query.calls);
        costed.write_weight = calls * rate;
        costed.weight = match timed(costed) {
            // What hardly costs anything in the planner's eyes waits for something that no index helps.
            Some(total) if whole >= 1.0 => total / whole,
            _ => calls * rate,
        };
    }
    // The same for many queries is one.
    let mut by_text = BTreeMap::<Vec<Call>, Costed>::new();
    for Inside { query, root, times } in inside {
        let (weight, write_weight) = (planned[root].weight * times, planned[root].write_weight * times);
        let known = by_text.entry(query.calls.clone()).or_insert(query);
        known.weight += weight;
        known.write_weight += write_weight;
    }
    planned.retain(|costed| costed.calls.iter().all(|call| Runs::of(&call.sql) == Some(Runs::Plan)));
    planned.extend(by_text.into_values());
    planned
}

/// What a statement writes, but for what it deletes.
fn writes(sql: &str, plan: &Value) -> Vec<Write> {
    let written = plan::written(plan).into_iter();
    let writes = written.filter_map(|Written { table, events, rows }| {
        let columns = match events {
            [Event::Update] => Some(assigned(sql)?),
            _ if events.contains(&Event::Insert) => None,
            _ => return None,
        };
        Some(Write { table, rows, columns })
    });
    writes.collect()
}

/// The columns that an `UPDATE` sets.
fn assigned(sql: &str) -> Option<BTreeSet<Name>> {
    let statements = Parser::parse_sql(&PostgreSqlDialect {}, sql).ok()?;
    let mut columns = BTreeSet::new();
    let _ = visit_statements(&statements, |statement| {
        let assignments: &[Assignment] = match statement {
            Statement::Update(update) => &update.assignments,
            Statement::Insert(insert) => match &insert.on {
                Some(OnInsert::OnConflict(conflict)) => match &conflict.action {
                    OnConflictAction::DoUpdate(update) => &update.assignments,
                    OnConflictAction::DoNothing => &[],
                },
                _ => &[],
            },
            _ => &[],
        };
        for assignment in assignments {
            let names = match &assignment.target {
                AssignmentTarget::ColumnName(name) => std::slice::from_ref(name),
                AssignmentTarget::Tuple(names) => names,
            };
            let last = names.iter().filter_map(|name| name.0.last()?.as_ident());
            columns.extend(last.map(|ident| folded(ident.value.as_str(), ident.quote_style.is_some())));
        }
        ControlFlow::<()>::Continue(())
    });
    Some(columns)
}

/// A name as PostgreSQL takes it.
pub(super) fn folded(name: &str, is_quoted: bool) -> Name {
    match is_quoted {
        true => name.into(),
        false => name.to_lowercase().into(),
    }
}

/// A variant with nothing but its text.
impl From<&str> for Variant {
    fn from(sql: &str) -> Self {
        Self {
            sql: sql.to_owned(),
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(id: &str, sql: &str, before: f64) -> Costed {
        Costed {
            before,
            ..Costed::without_plan(id.to_owned(), call(&Variant::from(sql), sql.to_owned()))
        }
    }

    #[test]
    fn what_hardly_counts_is_left_out_and_no_giant_hides_the_others() {
        let costs = [1e9, 1e8].into_iter().chain([100.0; 50]).chain([0.001; 20]);
        let mut planned = costs
            .map(|before| Costed {
                weight: 1.0,
                ..query("q", "select 1", before)
            })
            .collect::<Vec<_>>();
        assert_eq!(reduce(&mut planned), 20);
        assert!(planned.iter().all(|query| query.before >= 100.0));
        // Few are all kept.
        assert_eq!(reduce(&mut planned[..40].to_vec()), 0);
    }

    #[test]
    fn measured_time_is_that_of_all_that_a_query_runs() {
        let timed = |id: &str, calls: f64, total_ms: f64| Query {
            id: id.to_owned(),
            calls,
            total_ms: Some(total_ms),
            ..Query::default()
        };
        let planned = vec![query("rpc", "select app.f()", 0.5), query("block", "do $$ $$", 0.0)];
        let inside = |root, times| Inside {
            query: query("inner", "select 1 from t", 100.0),
            root,
            times,
        };
        let queries = [timed("rpc", 10.0, 4020.0), timed("block", 5.0, 500.0)];
        let weighed = weighed(planned, vec![inside(0, 2.0), inside(1, 1.0)], &queries);
        let shown = weighed.iter().map(|costed| (costed.id.as_str(), costed.weight));
        let shown = shown.collect::<Vec<_>>();
        // All of the time is shared out: 4020 ms by a cost of 200.5, and 500 ms by one of 100.
        let unit = 4020.0 / 200.5;
        assert_eq!(
            shown,
            [("rpc", unit), ("inner", 2.0 * unit + 5.0)],
            "what has no plan is gone"
        );
    }
}

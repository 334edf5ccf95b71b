//! What queries run besides themselves and no plan shows: the look-ups of foreign keys when a referenced row goes, and
//! the bodies of SQL functions that are called.

use std::collections::{BTreeMap, BTreeSet};

use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::tokenizer::{Token, Tokenizer};

use super::lab::{Call, Lab};
use super::load::Costed;
use super::plan;
use super::prepare::costed;
use super::typical::{self, Values};
use crate::Result;
use crate::catalog::constraint::{Action, ConstraintKind, ForeignKey};
use crate::catalog::routine::{Body, Routine};
use crate::catalog::{Catalog, Name, QName};
use crate::ddl::{bare, qualified};
use crate::diagnostic::Diagnostic;
use crate::sql::literal;

/// How far deletions are followed.
const DEPTH: usize = 4;

/// Adds what the queries run besides, and says of which functions the statements are not known.
pub(super) async fn extend(
    lab: &mut Lab,
    catalog: &Catalog,
    queries: &mut Vec<Costed>,
    notes: &mut Vec<Diagnostic>,
) -> Result<()> {
    let mut more = Vec::new();
    let mut opaque = BTreeSet::new();
    for query in queries.iter() {
        let calls = query.calls.iter().collect::<Vec<_>>();
        let plans = lab.plans(&calls, &[], &[]).await?;
        let Some(first) = plans.first() else { continue };
        if let Some((table, operation, rows)) = plan::written(first)
            && operation == "Delete"
        {
            let weight = query.write_weight * rows;
            cascade(
                lab,
                catalog,
                &query.id,
                &table,
                weight,
                &mut vec![table.clone()],
                &mut more,
            )
            .await;
        }
        opaque.extend(
            called(first, catalog, lab, "plpgsql")
                .into_iter()
                .map(|(routine, _)| &routine.id.name),
        );
        for (routine, times) in called(first, catalog, lab, "sql") {
            more.extend(body(lab, catalog, query, routine, times).await);
        }
    }
    for name in opaque {
        let message = "what the function runs counts as far as the workload has it as statements of its own";
        let noticed = Diagnostic::note(name.to_string(), message);
        notes
            .push(noticed.with_hint("pg_stat_statements.track = all, or auto_explain.log_nested_statements, has them"));
    }
    // The same look-up for many queries is one.
    let mut by_text = BTreeMap::<Vec<Call>, Costed>::new();
    for query in more {
        match by_text.get_mut(&query.calls) {
            Some(known) => {
                known.weight += query.weight;
                known.write_weight += query.write_weight;
            }
            None => {
                by_text.insert(query.calls.clone(), query);
            }
        }
    }
    queries.extend(by_text.into_values());
    Ok(())
}

/// What each foreign key does when `weight` rows of `table` are deleted.
async fn cascade(
    lab: &mut Lab,
    catalog: &Catalog,
    id: &str,
    table: &QName,
    weight: f64,
    path: &mut Vec<QName>,
    found: &mut Vec<Costed>,
) {
    for constraint in &catalog.constraints {
        let ConstraintKind::ForeignKey(key) = &constraint.kind else {
            continue;
        };
        // What a partition has of its parent's is the parent's.
        if key.references != *table || constraint.inherited {
            continue;
        }
        let child = &constraint.relation;
        let Some(sql) = look_up(lab, child, key) else { continue };
        let call = Call { sql, ..Call::default() };
        let name = format!("{id}: {} of {child}", constraint.name);
        let Ok(mut query) = costed(lab, catalog, name, vec![call], Values::MadeUp).await else {
            continue;
        };
        (query.weight, query.write_weight) = (weight, weight);
        let rows = (1.0 - facts_nulls(lab, child, key)) * lab.rows(child) / facts_distinct(lab, child, key);
        found.push(query);
        if key.on_delete == Action::Cascade && path.len() < DEPTH && !path.contains(child) {
            path.push(child.clone());
            Box::pin(cascade(lab, catalog, id, child, weight * rows, path, found)).await;
            path.pop();
        }
    }
}

/// The statement that PostgreSQL runs for each row that goes (`ri_triggers.c`).
fn look_up(lab: &Lab, child: &QName, key: &ForeignKey) -> Option<String> {
    let mut conditions = Vec::new();
    for column in &key.columns {
        let facts = lab.columns.get(&(child.clone(), column.clone()))?;
        let value = typical::middle(facts)?;
        conditions.push(format!("{} = {}::{}", bare(column), literal(&value), facts.data_type));
    }
    let (table, condition) = (qualified(child), conditions.join(" AND "));
    Some(match key.on_delete {
        Action::Cascade => format!("DELETE FROM {table} WHERE {condition}"),
        Action::SetNull | Action::SetDefault => {
            let set = key.columns.iter().map(|column| format!("{} = NULL", bare(column)));
            format!(
                "UPDATE {table} SET {} WHERE {condition}",
                set.collect::<Vec<_>>().join(", ")
            )
        }
        Action::NoAction | Action::Restrict => {
            format!("SELECT 1 FROM {table} WHERE {condition} FOR KEY SHARE")
        }
    })
}

fn facts_distinct(lab: &Lab, table: &QName, key: &ForeignKey) -> f64 {
    let rows = lab.rows(table);
    let distinct = |column: &Name| {
        let facts = lab.columns.get(&(table.clone(), column.clone()));
        facts.map_or(1.0, |facts| facts.distinct(rows))
    };
    key.columns
        .iter()
        .map(distinct)
        .product::<f64>()
        .clamp(1.0, rows.max(1.0))
}

fn facts_nulls(lab: &Lab, table: &QName, key: &ForeignKey) -> f64 {
    let facts = key
        .columns
        .first()
        .and_then(|column| lab.columns.get(&(table.clone(), column.clone())));
    facts.map_or(0.0, super::lab::ColumnFacts::nulls)
}

/// The functions in a language that a plan calls, with how often. What the planner has put in line is in the plan itself.
fn called<'c>(plan: &serde_json::Value, catalog: &'c Catalog, lab: &Lab, language: &str) -> Vec<(&'c Routine, f64)> {
    let mut texts = Vec::new();
    plan::texts(plan, &mut texts);
    let mut tables = BTreeSet::new();
    plan::tables(plan, catalog, &mut tables);
    let rows = tables.iter().map(|table| lab.rows(table)).fold(1.0, f64::max);
    let routines = catalog.routines.iter().filter(|routine| routine.language == language);
    let times = |routine: &Routine| {
        let calls = texts.iter().filter_map(|text| arguments(text, &routine.id.name));
        // What is called with a column is called for each row.
        calls
            .map(|has_column| if has_column { rows } else { 1.0 })
            .reduce(f64::max)
    };
    routines
        .filter_map(|routine| Some((routine, times(routine)?)))
        .collect()
}

/// Whether a text calls the function, and if so, whether with a column.
fn arguments(text: &str, name: &QName) -> Option<bool> {
    if !text.contains(name.name.as_str()) {
        return None;
    }
    let mut tokens = Tokenizer::new(&PostgreSqlDialect {}, text).tokenize().ok()?;
    tokens.retain(|token| !matches!(token, Token::Whitespace(_)));
    let is_name = |at: usize| {
        let is = |at: usize, wanted: &str| matches!(&tokens[at], Token::Word(word) if word.value == wanted);
        let is_qualified = at >= 1 && tokens[at - 1] == Token::Period;
        is(at, &name.name)
            && tokens.get(at + 1) == Some(&Token::LParen)
            && (!is_qualified || (at >= 2 && is(at - 2, &name.schema)))
    };
    let at = (0..tokens.len()).find(|&at| is_name(at))?;
    let mut depth = 0;
    for pair in tokens[at + 1..].windows(2) {
        match pair[0] {
            Token::LParen => depth += 1,
            Token::RParen => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(false);
        }
        if matches!((&pair[0], &pair[1]), (Token::Word(_), Token::Period)) {
            return Some(true);
        }
    }
    Some(false)
}

/// The body of a function as queries of their own. A function that defines who runs it runs as its owner, whom the row-level
/// security of his own tables does not bind.
async fn body(lab: &mut Lab, catalog: &Catalog, caller: &Costed, routine: &Routine, times: f64) -> Vec<Costed> {
    let (Body::Source(text) | Body::Sql(text)) = &routine.body else {
        return Vec::new();
    };
    let names = routine
        .arguments
        .iter()
        .filter_map(|argument| argument.name.as_deref())
        .collect::<Vec<_>>();
    let types = routine
        .arguments
        .iter()
        .map(|argument| argument.data_type.as_str())
        .collect::<Vec<_>>();
    let mut found = Vec::new();
    for statement in super::source::statements(text) {
        let sql = typical::with_arguments(&statement, &routine.id.name, &names, &types);
        let Ok((texts, _)) = typical::filled(lab, &sql, None).await else {
            continue;
        };
        let caller_call = caller.calls.first();
        let calls = texts.into_iter().take(2).map(|sql| Call {
            sql,
            role: caller_call
                .filter(|_| !routine.security_definer)
                .and_then(|call| call.role.clone()),
            claims: caller_call.and_then(|call| call.claims.clone()),
        });
        let name = format!("the function {}", routine.id.name);
        let Ok(mut query) = costed(lab, catalog, name, calls.collect(), Values::MadeUp).await else {
            continue;
        };
        query.weight = caller.write_weight * times;
        query.write_weight = query.weight;
        found.push(query);
    }
    found
}

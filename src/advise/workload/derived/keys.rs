//! The look-ups of foreign keys when a referenced row goes.

use super::super::lab::{Call, ColumnFacts, Lab};
use super::super::load::Costed;
use super::super::prepare::costed;
use super::super::typical::{self, Values};
use super::DEPTH;
use crate::catalog::constraint::{Action, ConstraintKind, ForeignKey};
use crate::catalog::{Catalog, Name, QName};
use crate::ddl::inner::on_delete;
use crate::sql::typed;

/// What each foreign key does when `times` rows of `table` are deleted, and how often; `path` has the tables above.
pub(super) async fn cascade(
    lab: &mut Lab,
    catalog: &Catalog,
    id: &str,
    table: &QName,
    times: f64,
    path: &mut Vec<QName>,
    found: &mut Vec<(Costed, f64)>,
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
        let Ok(query) = costed(lab, catalog, name, vec![call], Values::MadeUp).await else {
            continue;
        };
        let rows = (1.0 - nulls(lab, child, key)) * lab.rows(child) / distinct(lab, child, key);
        found.push((query, times));
        if key.on_delete == Action::Cascade && path.len() < DEPTH && !path.contains(child) {
            path.push(child.clone());
            Box::pin(cascade(lab, catalog, id, child, times * rows, path, found)).await;
            path.pop();
        }
    }
}

/// The statement that PostgreSQL runs for each row that goes, with usual values.
fn look_up(lab: &Lab, child: &QName, key: &ForeignKey) -> Option<String> {
    let mut values = Vec::new();
    for column in &key.columns {
        let facts = lab.columns.get(&(child.clone(), column.clone()))?;
        let value = typical::middle(facts)?;
        values.push((column, typed(Some(&value), &facts.data_type)));
    }
    Some(on_delete(key.on_delete, child, &values))
}

fn distinct(lab: &Lab, table: &QName, key: &ForeignKey) -> f64 {
    let rows = lab.rows(table);
    let of_column = |column: &Name| {
        let facts = lab.columns.get(&(table.clone(), column.clone()));
        facts.map_or(1.0, |facts| facts.distinct(rows))
    };
    let all = key.columns.iter().map(of_column).product::<f64>();
    all.clamp(1.0, rows.max(1.0))
}

fn nulls(lab: &Lab, table: &QName, key: &ForeignKey) -> f64 {
    let column = key.columns.first();
    let facts = column.and_then(|column| lab.columns.get(&(table.clone(), column.clone())));
    facts.map_or(0.0, ColumnFacts::nulls)
}

//! What several rules ask of columns.

use crate::advise::Context;
use crate::advise::context::column_name;
use crate::catalog::column::Column;
use crate::catalog::lookup::RelationRef;
use crate::finding::Finding;

use super::Rule;

/// A finding for every column of a table that has something to be said of it.
pub(super) fn each(
    context: &Context<'_>,
    rule: &Rule,
    message: impl Fn(RelationRef<'_>, &Column) -> Option<String>,
) -> Vec<Finding> {
    let findings = context.columns().filter_map(|(table, column)| {
        let message = message(table, column)?;
        Some(rule.finding(column_name(&table.row.name, &column.name), message))
    });
    findings.collect()
}

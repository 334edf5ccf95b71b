//! What several rules ask of columns.

use crate::advise::Context;
use crate::advise::context::column_name;
use crate::catalog::column::Column;
use crate::catalog::lookup::RelationRef;
use crate::catalog::types::TypeKind;
use crate::finding::Finding;

use super::Rule;

/// A finding for every column of a table that has something to be said of it.
pub(super) fn each(context: &Context<'_>, rule: &Rule, message: impl Fn(&Column) -> Option<String>) -> Vec<Finding> {
    let findings = context.columns().filter_map(|(table, column)| {
        let message = message(column)?;
        Some(rule.about.finding(column_name(&table.row.name, &column.name), message))
    });
    findings.collect()
}

/// The index method that finds what is in the column's values, where they are of many parts. What is searched as text has a
/// rule of its own.
pub(super) fn inner_method(context: &Context<'_>, column: &Column) -> Option<&'static str> {
    let found = context.base_type(column)?;
    if found.array {
        return Some("gin");
    }
    let is_of_extension = |name: &str| {
        let mut extensions = context.catalog.extensions.iter();
        extensions.any(|extension| extension.name == name && extension.schema == found.name.schema)
    };
    let user_type = context.catalog.user_type(&found.name);
    match &*found.name.name {
        "jsonb" if found.name.is_builtin() => Some("gin"),
        name if found.name.is_builtin() => name.ends_with("range").then_some("gist"),
        "hstore" if is_of_extension("hstore") => Some("gin"),
        _ if user_type.is_some_and(|found| matches!(found.kind, TypeKind::Range(_))) => Some("gist"),
        _ => None,
    }
}

/// Whether policies keep those whom they bind from an index of inner values: rows are filtered before operators that are
/// not LEAKPROOF see them (manual, section 5.9). Where there is no policy, nobody reads but whom none binds.
pub(super) fn is_behind_policies(relation: RelationRef<'_>) -> bool {
    relation.row.row_security && !relation.policies().is_empty()
}

/// Whether the column is a moment or a day.
pub(super) fn is_time(context: &Context<'_>, column: &Column) -> bool {
    matches!(context.builtin_type(column), Some("timestamptz" | "timestamp" | "date"))
}

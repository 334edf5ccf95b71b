use super::Rule;
use crate::advise::Context;
use crate::advise::context::constraint_name;
use crate::catalog::column::{Column, DataType};
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "fk-type-mismatch",
    Severity::Warning,
    "A column that refers to another must hold all of its values. A narrower one fails when the key has grown past it, and \
     values of two types are converted in every join, where an index may not serve.",
    look,
);

fn look(context: &Context<'_>) -> Vec<Finding> {
    let findings = context.foreign_keys().filter_map(|(table, constraint, key)| {
        let referenced = context.catalog.relation(&key.references)?;
        let pairs = key.columns.iter().zip(&key.referenced_columns);
        let mut pairs = pairs.filter_map(|(from, to)| Some((table.column(from)?, referenced.column(to)?)));
        let (from, to) = pairs.find(|(from, to)| differ(context, from, to))?;
        let (narrow, severity) = match (width(context, from), width(context, to)) {
            (Some(own), Some(other)) if own > other => ("", Severity::Info),
            (Some(_), Some(_)) => (", and fails when those have grown past it", Severity::Warning),
            _ => ("", Severity::Warning),
        };
        let message = format!(
            "{} is {}, and refers to {} in {}{narrow}",
            from.name, from.data_type, to.data_type, key.references
        );
        Some(RULE.about.finding_of(severity, constraint_name(constraint), message))
    });
    findings.collect()
}

/// Whether values of the columns are of two types. varchar is text to everything but a length.
fn differ(context: &Context<'_>, from: &Column, to: &Column) -> bool {
    let is_text = |found: &DataType| found.name.is_builtin() && ["text", "varchar"].contains(&&*found.name.name);
    match (context.base_type(from), context.base_type(to)) {
        (Some(from), Some(to)) => from.array != to.array || (from.name != to.name && !(is_text(from) && is_text(to))),
        _ => false,
    }
}

/// The bytes of an integer.
fn width(context: &Context<'_>, column: &Column) -> Option<u8> {
    match context.builtin_type(column)? {
        "int2" => Some(2),
        "int4" => Some(4),
        "int8" => Some(8),
        _ => None,
    }
}

use std::collections::BTreeMap;

use super::Rule;
use crate::advise::context::column_name;
use crate::advise::{Context, evidence};
use crate::catalog::column::Column;
use crate::catalog::sequence::Sequence;
use crate::catalog::{Catalog, QName};
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "int-overflow",
    Severity::Warning,
    "When a sequence passes the largest value of its own type, or of its column's, every INSERT fails. To widen a key's type \
     rewrites the table and all that refer to it, so it wants to begin long before.",
    look,
)
.with_usage();

/// Which share of the values has to be used up for it to be near the end, and for it to be urgent.
const NEAR: f64 = 0.5;
const URGENT: f64 = 0.8;

fn look(context: &Context<'_>) -> Vec<Finding> {
    let Some(usage) = context.usage else { return Vec::new() };
    let used_by_default = used_by_default(context.catalog);
    let mut findings = Vec::new();
    for sequence in context
        .catalog
        .sequences
        .iter()
        .filter(|sequence| sequence.extension.is_none())
    {
        let is_ours = context.catalog.own_schema(&sequence.name.schema).is_some();
        let (true, Some(value)) = (is_ours && !sequence.cycle, usage.sequences.get(&sequence.name)) else {
            continue;
        };
        let owned = sequence.owned_by.as_ref().and_then(|owned| {
            let column = context.catalog.relation(&owned.relation)?.column(&owned.column)?;
            Some(column)
        });
        let column = owned.or_else(|| used_by_default.get(&sequence.name).copied());
        let end = column.and_then(|column| largest(context.builtin_type(column)?));
        let (end, what) = match end.filter(|end| *end < sequence.max && sequence.increment > 0) {
            Some(end) => (
                end,
                column.map_or("its column".to_owned(), |column| column.data_type.to_string()),
            ),
            None if sequence.increment > 0 => (sequence.max, sequence.data_type.to_string()),
            None => (sequence.min, sequence.data_type.to_string()),
        };
        let share = share(sequence, *value, end);
        let severity = match share {
            ..NEAR => continue,
            ..URGENT => Severity::Warning,
            _ => Severity::Error,
        };
        let subject = match column {
            Some(column) => column_name(&column.relation, &column.name),
            None => sequence.name.to_string(),
        };
        let message = format!("{} of the values of {what} are used up", evidence::percent(share));
        let known = format!("{} is at {value}, and ends at {end}", sequence.name);
        findings.push(RULE.about.finding_of(severity, subject, message).with_evidence(known));
    }
    findings
}

/// Which share of the way to the end a sequence has gone.
fn share(sequence: &Sequence, value: i64, end: i64) -> f64 {
    let way = |to: i64| (to as f64 - sequence.start as f64).abs();
    match way(end) {
        0.0 => 1.0,
        all => way(value) / all,
    }
}

/// The largest value of a type, where it is smaller than a sequence's can be.
fn largest(name: &str) -> Option<i64> {
    match name {
        "int2" => Some(i16::MAX.into()),
        "int4" => Some(i32::MAX.into()),
        _ => None,
    }
}

/// The columns whose default draws from a sequence, by the sequence.
fn used_by_default(catalog: &Catalog) -> BTreeMap<&QName, &Column> {
    use crate::catalog::ObjectId::{Default, Sequence};
    let used = catalog.edges.iter().filter_map(|edge| match (&edge.from, &edge.to) {
        (Default(relation, column), Sequence(sequence)) => {
            Some((sequence, catalog.relation(relation)?.column(column)?))
        }
        _ => None,
    });
    used.collect()
}

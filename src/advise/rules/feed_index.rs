use std::collections::BTreeSet;

use super::{Rule, columns, spread};
use crate::advise::context::{column_name, is_of};
use crate::advise::{Context, evidence};
use crate::catalog::column::Column;
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "feed-index",
    Severity::Info,
    "The latest rows of one parent are found by an index of the parent and the time at once. By the parent alone, all of its \
     rows are read and sorted for every list.",
    look,
)
.with_usage();

/// From how many rows of one parent on it matters.
const MANY: f64 = 1_000.0;

fn look(context: &Context<'_>) -> Vec<Finding> {
    let mut told = BTreeSet::new();
    let findings = context.foreign_keys().filter_map(|(table, _, key)| {
        let ([parent], rows) = (key.columns.as_slice(), context.rows(table.row)?) else {
            return None;
        };
        let time = table.columns().iter().find(|column| says_when(context, column))?;
        let usage = context.usage?.column(&table.row.name, parent)?;
        let each = rows * (1.0 - usage.nulls) / spread::distinct(usage, rows).max(1.0);
        let indexes = || {
            context
                .indexes(&table.row.name)
                .iter()
                .filter(|index| index.method == "btree")
        };
        let is_led = indexes().any(|index| index.keys.first().is_some_and(|first| is_of(first, parent)));
        let is_served = indexes().any(|index| match index.keys.as_slice() {
            [first, second, ..] => is_of(first, parent) && is_of(second, &time.name),
            _ => false,
        });
        if each < MANY || !is_led || is_served || !told.insert((&table.row.name, parent)) {
            return None;
        }
        let message = format!(
            "each has about {} rows: lists by {} want an index of ({parent}, {} DESC)",
            evidence::count(each),
            time.name,
            time.name
        );
        Some(RULE.about.finding(column_name(&table.row.name, parent), message))
    });
    findings.collect()
}

/// Whether the column is the usual one for when a row came to be.
fn says_when(context: &Context<'_>, column: &Column) -> bool {
    const NAMES: [&str; 8] = [
        "created_at",
        "created_on",
        "inserted_at",
        "occurred_at",
        "published_at",
        "posted_at",
        "sent_at",
        "logged_at",
    ];
    NAMES.contains(&&*column.name) && columns::is_time(context, column)
}

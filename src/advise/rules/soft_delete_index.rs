use super::{Rule, needs};
use crate::advise::context::{column_name, is_of, listed};
use crate::advise::{Context, evidence};
use crate::catalog::column::Column;
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "soft-delete-index",
    Severity::Info,
    "Queries ask for rows that are not deleted, and indexes keep those that are. WHERE … IS NULL leaves them out: the index \
     is smaller, and the condition costs nothing.",
    look,
)
.with_usage();

/// From which share of deleted rows on it matters, and from how many rows on.
const MANY_DELETED: f64 = 0.3;
const MANY: f64 = 10_000.0;

fn look(context: &Context<'_>) -> Vec<Finding> {
    let findings = context.columns().filter_map(|(table, column)| {
        let rows = context
            .rows(table.row)
            .filter(|rows| *rows >= MANY && says_deleted(column))?;
        let deleted = 1.0 - context.usage?.column(&table.row.name, &column.name)?.nulls;
        if deleted < MANY_DELETED {
            return None;
        }
        let indexes = context.indexes(&table.row.name).iter().filter(|index| {
            index.method == "btree"
                && index.predicate.is_none()
                && !index.keys.iter().any(|key| is_of(key, &column.name))
                && needs::serves_queries_alone(context, table, index)
        });
        let indexes = indexes.map(|index| index.name.to_string()).collect::<Vec<_>>();
        if indexes.is_empty() {
            return None;
        }
        let message = format!(
            "{} of the rows are deleted, and are kept in {}",
            evidence::percent(deleted),
            listed(&indexes)
        );
        let known = format!("about {} rows", evidence::count(rows));
        Some(
            RULE.about
                .finding(column_name(&table.row.name, &column.name), message)
                .with_evidence(known),
        )
    });
    findings.collect()
}

/// Whether the column is the usual one for the time of a deletion.
fn says_deleted(column: &Column) -> bool {
    const NAMES: [&str; 4] = ["deleted_at", "deleted_on", "removed_at", "archived_at"];
    NAMES.contains(&&*column.name) && !column.not_null
}

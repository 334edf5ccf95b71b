use super::cover::{Cover, cover};
use super::{Rule, fix};
use crate::advise::Context;
use crate::advise::context::{constraint_name, listed};
use crate::advise::evidence;
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "unindexed-foreign-keys",
    Severity::Warning,
    "A row that is referenced is only deleted, or given another key, after a search for rows that refer to it. Without an \
     index that begins with the foreign key's columns, each such search reads the whole referencing table, and so do most \
     joins.",
    look,
);

/// Up to how many rows a table is read as quickly without an index.
const SMALL: f64 = 1_000.0;

fn look(context: &Context<'_>) -> Vec<Finding> {
    let findings = context.foreign_keys().filter_map(|(table, constraint, key)| {
        let columns = listed(&key.columns);
        let (message, helps) = match cover(context, table.row, &key.columns) {
            Cover::Full => return None,
            Cover::OtherOrder => (
                format!(
                    "an index has its columns in another order: it serves who looks for all of {columns}, nobody else"
                ),
                true,
            ),
            Cover::Part => (
                format!("an index begins with some of its columns, and none with {columns}"),
                true,
            ),
            Cover::None => (format!("no index begins with {columns}"), false),
        };
        let rows = context.rows(table.row);
        let severity = match helps || rows.is_some_and(|rows| rows < SMALL) {
            true => Severity::Info,
            false => RULE.about.severity,
        };
        let mut finding = RULE.finding_of(severity, constraint_name(constraint), message);
        if let Some(rows) = rows {
            finding = finding.with_evidence(format!("{} has about {} rows", table.row.name, evidence::count(rows)));
        }
        Some(finding.with_fix(fix::create_index(table.row, &key.columns)))
    });
    findings.collect()
}

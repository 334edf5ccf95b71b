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
    let wanting = context.foreign_keys().filter_map(|(table, constraint, key)| {
        let found = cover(context, table.row, &key.columns);
        (found != Cover::Full).then_some((table, constraint, key, found))
    });
    let wanting = wanting.collect::<Vec<_>>();
    let of_one_table = wanting.chunk_by(|(a, ..), (b, ..)| a.row.name == b.row.name);
    let findings = of_one_table.flat_map(|keys| {
        keys.iter().map(move |(table, constraint, key, found)| {
            let columns = listed(&key.columns);
            let message = match found {
                Cover::OtherOrder => {
                    format!("an index has {columns} in another order, which serves who looks for all of them alone")
                }
                Cover::Part => format!("an index begins with some of its columns, and none with {columns}"),
                _ => format!("no index begins with {columns}"),
            };
            let rows = context.rows(table.row);
            let severity = match *found > Cover::None || rows.is_some_and(|rows| rows < SMALL) {
                true => Severity::Info,
                false => RULE.about.severity,
            };
            let mut finding = RULE.about.finding_of(severity, constraint_name(constraint), message);
            if let Some(rows) = rows {
                finding = finding.with_evidence(format!("{} has about {} rows", table.row.name, evidence::count(rows)));
            }
            // One index serves every key that it begins with.
            let longer = keys.iter().map(|(_, _, other, _)| &other.columns);
            let longest = longer
                .filter(|other| other.starts_with(&key.columns))
                .max_by_key(|other| other.len());
            finding.with_fix(fix::create_index(context, table.row, longest.unwrap_or(&key.columns)))
        })
    });
    findings.collect()
}

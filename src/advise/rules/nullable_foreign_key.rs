use std::collections::BTreeSet;

use super::Rule;
use crate::advise::context::column_name;
use crate::advise::{Context, evidence};
use crate::catalog::constraint::Action;
use crate::ddl::mend;
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "nullable-foreign-key",
    Severity::Info,
    "Every row has a parent, and the column says that none is needed: a row without one can slip in, types have to allow for \
     it, and a join that could be an inner one is not.",
    look,
)
.with_usage();

/// From how many rows on it is no accident that none is NULL.
const MANY: f64 = 1_000.0;

fn look(context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut told = BTreeSet::new();
    for (table, _, key) in context.foreign_keys() {
        let empties = [key.on_delete, key.on_update].contains(&Action::SetNull);
        let Some(rows) = context.rows(table.row).filter(|rows| *rows >= MANY) else {
            continue;
        };
        // The first row of a tree has no parent.
        if empties || key.references == table.row.name {
            continue;
        }
        for name in &key.columns {
            let usage = context.usage.and_then(|usage| usage.column(&table.row.name, name));
            let is_nullable = table.column(name).is_some_and(|column| !column.not_null);
            let is_full = usage.is_some_and(|usage| usage.nulls == 0.0);
            // A column may be in several keys.
            if !is_nullable || !is_full || !told.insert((&table.row.name, name)) {
                continue;
            }
            let message = format!(
                "none of about {} rows is without one, and it may be NULL",
                evidence::count(rows)
            );
            let finding = RULE.about.finding(column_name(&table.row.name, name), message);
            findings.push(finding.with_fix(mend::set_not_null(&table.row.name, name)));
        }
    }
    findings
}

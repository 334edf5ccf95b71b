use std::collections::BTreeMap;

use super::Rule;
use crate::advise::Context;
use crate::advise::context::constraint_name;
use crate::ddl::mend;
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "duplicate-foreign-key",
    Severity::Warning,
    "Every write is checked twice, and where the two say different things on deletion, both are done. Clients that follow \
     foreign keys, such as PostgREST, cannot tell which is meant.",
    look,
);

fn look(context: &Context<'_>) -> Vec<Finding> {
    let mut first = BTreeMap::new();
    let mut findings = Vec::new();
    for (table, constraint, key) in context.foreign_keys() {
        let mut pairs = key.columns.iter().zip(&key.referenced_columns).collect::<Vec<_>>();
        pairs.sort();
        let what = (&table.row.name, &key.references, pairs);
        let Some((other, same)) = first.get(&what) else {
            first.insert(what, (constraint, key));
            continue;
        };
        let finding = RULE
            .about
            .finding(constraint_name(constraint), format!("{} says the same", other.name));
        let are_alike = (key.on_delete, key.on_update, key.match_full)
            == (same.on_delete, same.on_update, same.match_full)
            && (constraint.deferrable, constraint.enforced) == (other.deferrable, other.enforced)
            && other.validated;
        findings.push(match are_alike {
            true => finding.with_fix(mend::drop_constraint(constraint)),
            false => {
                finding.with_evidence("they differ in what is done on deletion or update, or in when they are checked")
            }
        });
    }
    findings
}

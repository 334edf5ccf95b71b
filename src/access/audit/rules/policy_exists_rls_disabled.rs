use super::Rule;
use crate::access::audit::Context;
use crate::ddl::fixes;
use crate::finding::{Finding, Severity};
use crate::sql::identifier;

pub(super) const RULE: Rule = Rule::new(
    "policy-exists-rls-disabled",
    Severity::Error,
    "Policies do nothing until row-level security is enabled on their table: it only looks protected.",
    look,
);

fn look(context: &Context<'_>) -> Vec<Finding> {
    let tables = context
        .tables()
        .filter(|table| !table.row.row_security && !table.policies().is_empty());
    let findings = tables.map(|table| {
        let policies = table
            .policies()
            .iter()
            .map(|policy| identifier(&policy.name).to_string());
        let policies = policies.collect::<Vec<_>>();
        let message = "it has policies, and row-level security is off: they are not applied";
        RULE.about
            .finding(table.row.name.to_string(), message)
            .with_evidence(format!("policies: {}", policies.join(", ")))
            .with_fix(fixes::enable_row_security(&table.row.name))
    });
    findings.collect()
}

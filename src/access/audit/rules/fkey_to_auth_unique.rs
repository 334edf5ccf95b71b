use super::Rule;
use crate::access::audit::Context;
use crate::catalog::constraint::ConstraintKind;
use crate::finding::{Finding, Severity};
use crate::sql::identifier;

pub(super) const RULE: Rule = Rule::new(
    "fkey-to-auth-unique",
    Severity::Error,
    "The platform may change or drop unique constraints of its own tables; a foreign key that leans on one stops that, \
     and with it the platform's upgrades. Only the primary key stays.",
    look,
);

fn look(context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for table in context.tables() {
        for constraint in table.constraints() {
            let ConstraintKind::ForeignKey(key) = &constraint.kind else {
                continue;
            };
            if context.is_ours(&key.references.schema) || key.references.schema != "auth" {
                continue;
            }
            let Some(referenced) = context.catalog.relation(&key.references) else {
                continue;
            };
            let mut primary = referenced.primary_key().to_vec();
            let mut columns = key.referenced_columns.clone();
            primary.sort();
            columns.sort();
            if primary.is_empty() || primary == columns {
                continue;
            }
            let subject = format!("{}.{}", table.row.name, identifier(&constraint.name));
            let message = format!(
                "it references {} ({}), which is not its primary key",
                key.references,
                columns.join(", ")
            );
            findings.push(RULE.about.finding(subject, message));
        }
    }
    findings
}

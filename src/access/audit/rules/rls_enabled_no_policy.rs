use super::Rule;
use super::grant_without_policy::idle;
use crate::access::audit::Context;
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "rls-enabled-no-policy",
    Severity::Info,
    "With row-level security and no policy nobody reaches a row. Where that is meant, the privileges should be revoked \
     too, so that requests fail instead of finding nothing; where it is not, a policy is missing.",
    look,
);

fn look(context: &Context<'_>) -> Vec<Finding> {
    let tables = context
        .tables()
        .filter(|table| table.row.row_security && table.policies().is_empty());
    let findings = tables.filter_map(|table| {
        // Where nobody from outside may ask, all is as it should be.
        let idle = idle(context, table)?;
        let message = format!(
            "row-level security is on, and no policy lets a row through ({})",
            idle.said
        );
        let finding = RULE.about.finding(table.row.name.to_string(), message);
        Some(idle.fix.into_iter().fold(finding, Finding::with_fix))
    });
    findings.collect()
}

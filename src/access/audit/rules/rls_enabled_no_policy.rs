use super::Rule;
use crate::access::audit::Context;
use crate::access::audit::context::{COMMANDS, listed};
use crate::access::audit::rights::privilege;
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
        let roles = context.settings.outside.iter().filter(|role| {
            context.rights.is_bound(role, table.row)
                && COMMANDS
                    .into_iter()
                    .any(|command| context.rights.can_some(role, privilege(command), table.row))
        });
        let roles = roles.collect::<Vec<_>>();
        (!roles.is_empty()).then(|| {
            RULE.finding(
                table.row.name.to_string(),
                format!(
                    "row-level security is on and there is no policy: {} may ask, and never get a row",
                    listed(&roles)
                ),
            )
        })
    });
    findings.collect()
}

use super::Rule;
use crate::access::audit::Context;
use crate::access::audit::context::listed;
use crate::access::audit::context::policy_name;
use crate::catalog::access::Privilege;
use crate::catalog::trigger::Event;
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "policy-insert-without-select",
    Severity::Info,
    "INSERT with RETURNING, which clients send to get the new row back, and ON CONFLICT look at rows: without a policy for \
     SELECT both are refused, though the INSERT alone is not.",
    look,
);

fn look(context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (policy, table) in context.policies_in_force() {
        let is_about = policy.command == Some(Event::Insert) && policy.permissive;
        if !is_about || !context.is_ours(&table.row.name.schema) {
            continue;
        }
        let lacking = context.audience(policy).into_iter().filter(|role| {
            let name = role.map_or("", |role| role.as_str());
            let can = role.is_none() || context.rights.can_some(name, Privilege::Insert, table.row);
            let reads = context.rights.policies(name, table, Event::Select);
            let never = context
                .new_rows(policy)
                .is_some_and(|check| context.scope(Some(table), *role).is_never_true(check));
            can && !never && reads.permissive.is_empty()
        });
        let lacking = lacking.map(|role| role.map_or("everybody", |role| role.as_str()));
        let lacking = lacking.collect::<Vec<_>>();
        if !lacking.is_empty() {
            let message = format!(
                "{} may add rows, and gets none back: no policy for SELECT applies",
                listed(&lacking)
            );
            findings.push(RULE.about.finding(policy_name(policy), message));
        }
    }
    findings
}

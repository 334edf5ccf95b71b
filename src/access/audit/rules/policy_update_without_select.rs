use super::Rule;
use crate::access::audit::Context;
use crate::access::audit::context::{listed, policy_name, word};
use crate::access::audit::rights::privilege;
use crate::catalog::access::Privilege;
use crate::catalog::trigger::Event;
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "policy-update-without-select",
    Severity::Warning,
    "UPDATE and DELETE find rows with a condition, and see only what SELECT shows: without a policy for SELECT they find \
     none. Without a condition they change every row that their own policy allows, unseen.",
    look,
);

fn look(context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (policy, table) in context.policies_in_force() {
        let Some(command @ (Event::Update | Event::Delete)) = policy.command else {
            continue;
        };
        if !policy.permissive || !context.is_ours(&table.row.name.schema) {
            continue;
        }
        let blind = context.audience(policy).into_iter().filter(|role| {
            let name = role.map_or("", |role| role.as_str());
            let can = role.is_none() || context.rights.can_some(name, privilege(command), table.row);
            let never = context
                .using(policy)
                .is_some_and(|using| context.scope(Some(table), *role).is_never_true(using));
            can && !never
                && context
                    .rights
                    .policies(name, table, Event::Select)
                    .permissive
                    .is_empty()
        });
        let blind = blind
            .map(|role| role.map_or("everybody", |role| role.as_str()))
            .collect::<Vec<_>>();
        let is_denial = context
            .using(policy)
            .is_some_and(|using| context.scope(Some(table), None).is_never_true(using));
        if blind.is_empty() || is_denial {
            continue;
        }
        let message = format!(
            "{} by {} finds no row: there is no policy for SELECT that applies as well",
            word(command),
            listed(&blind)
        );
        let grants = blind
            .iter()
            .filter(|role| !context.rights.can_some(role, Privilege::Select, table.row));
        let finding = RULE.about.finding(policy_name(policy), message);
        findings.push(match grants.count() {
            0 => finding,
            _ => finding.with_evidence("the privilege to SELECT is missing too"),
        });
    }
    findings
}

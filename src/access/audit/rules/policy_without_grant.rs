use super::Rule;
use crate::access::audit::Context;
use crate::access::audit::context::{COMMANDS, listed, policy_name, word};
use crate::access::audit::rights::privilege;
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "policy-without-grant",
    Severity::Info,
    "Privileges are asked before policies: a policy for a role that has no privilege for the command is never reached.",
    look,
);

fn look(context: &Context<'_>) -> Vec<Finding> {
    let ours = context
        .policies_in_force()
        .filter(|(_, table)| context.is_ours(&table.row.name.schema) && table.row.extension.is_none());
    let findings = ours.filter_map(|(policy, table)| {
        let named = policy
            .roles
            .iter()
            .filter(|role| context.settings.outside.contains(role));
        let commands = || {
            COMMANDS
                .into_iter()
                .filter(|about| policy.command.is_none_or(|command| command == *about))
        };
        let idle = named
            .filter(|role| !commands().any(|command| context.rights.can_some(role, privilege(command), table.row)));
        let idle = idle.collect::<Vec<_>>();
        // Without any role that it opens something to, it is a denial that is spelled out.
        let denies = policy.using.as_deref() == Some("false") || !policy.permissive;
        (!idle.is_empty() && !denies).then(|| {
            let command = policy.command.map_or("the command", word);
            let message = format!(
                "it is for {}, who cannot use the table: no privilege for {command}",
                listed(&idle)
            );
            RULE.about.finding(policy_name(policy), message)
        })
    });
    findings.collect()
}

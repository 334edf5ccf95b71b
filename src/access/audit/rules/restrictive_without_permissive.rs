use super::Rule;
use crate::access::audit::Context;
use crate::access::audit::context::{COMMANDS, people, word};
use crate::access::audit::rights::privilege;
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "restrictive-without-permissive",
    Severity::Warning,
    "Restrictive policies only take away: where no permissive one lets a row in, there is nothing to take from, and \
     nobody gets a row.",
    look,
);

fn look(context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for table in context.tables().filter(|table| table.row.row_security) {
        for command in COMMANDS {
            let shut = context.roles_of(table).into_iter().filter(|role| {
                let name = role.map_or("", |role| role.as_str());
                let can = role.is_none() || context.rights.can_some(name, privilege(command), table.row);
                let applied = context.rights.policies(name, table, command);
                can && applied.permissive.is_empty() && !applied.restrictive.is_empty()
            });
            let shut = shut.collect::<Vec<_>>();
            // Where others have a permissive policy, this role is shut out on purpose.
            let is_opened = table
                .policies()
                .iter()
                .any(|policy| policy.permissive && policy.command.is_none_or(|about| about == command));
            if !shut.is_empty() && !is_opened {
                let message = format!("{} has only restrictive policies: no row is found", word(command));
                findings.push(
                    RULE.about
                        .finding(table.row.name.to_string(), message)
                        .with_evidence(format!("for {}", people(&shut))),
                );
            }
        }
    }
    findings
}

use std::collections::BTreeMap;

use super::Rule;
use crate::access::audit::Context;
use crate::access::audit::context::{COMMANDS, listed, word};
use crate::access::audit::rights::privilege;
use crate::catalog::lookup::RelationRef;
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "multiple-permissive-policies",
    Severity::Info,
    "Every permissive policy that applies to a role and a command is worked out for each row, and a row needs to pass only \
     one: several are slower than one, and easily let through more than each was meant to.",
    look,
);

fn look(context: &Context<'_>) -> Vec<Finding> {
    let tables = context.tables().filter(|table| table.row.row_security);
    tables.filter_map(|table| finding(context, table)).collect()
}

fn finding(context: &Context<'_>, table: RelationRef<'_>) -> Option<Finding> {
    // Which policies meet, with the roles and commands that they meet for.
    let mut meetings = BTreeMap::<Vec<&str>, BTreeMap<&str, Vec<&'static str>>>::new();
    for role in context.roles_of(table) {
        let name = role.map_or("", |role| role.as_str());
        for command in COMMANDS {
            if role.is_some() && !context.rights.can_some(name, privilege(command), table.row) {
                continue;
            }
            let applied = context.rights.policies(name, table, command).permissive;
            if applied.len() > 1 {
                let policies = applied.iter().map(|policy| policy.name.as_str()).collect();
                let role = role.map_or("everybody", |role| role.as_str());
                meetings
                    .entry(policies)
                    .or_default()
                    .entry(role)
                    .or_default()
                    .push(word(command));
            }
        }
    }
    if meetings.is_empty() {
        return None;
    }
    let said = meetings.iter().map(|(policies, whom)| {
        let policies = policies.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>();
        let whom = whom
            .iter()
            .map(|(role, commands)| format!("{role} ({})", commands.join(", ")));
        format!("{} for {}", listed(&policies), whom.collect::<Vec<_>>().join(", "))
    });
    let said = said.collect::<Vec<_>>().join("; ");
    let message =
        "several permissive policies apply to one role and command: one that says all of it with OR is faster";
    Some(
        RULE.about
            .finding(table.row.name.to_string(), message)
            .with_evidence(said),
    )
}

use super::{Rule, policies};
use crate::access::audit::Context;
use crate::access::audit::context::{COMMANDS, people, policy_name, word};
use crate::access::audit::rights::privilege;
use crate::catalog::lookup::RelationRef;
use crate::catalog::policy::Policy;
use crate::catalog::trigger::Event;
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "policy-shadowed-by-true",
    Severity::Error,
    "Permissive policies are joined by OR: beside one that is always true, the conditions of the others mean nothing.",
    look,
);

fn look(context: &Context<'_>) -> Vec<Finding> {
    let tables = context.tables().filter(|table| table.row.row_security);
    tables.flat_map(|table| shadowing(context, table)).collect()
}

fn shadowing<'a>(context: &Context<'a>, table: RelationRef<'a>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for opening in table.policies().iter().filter(|policy| policy.permissive) {
        let mut shadowed = Vec::<&Policy>::new();
        let mut roles = Vec::new();
        let mut commands = Vec::new();
        for command in COMMANDS
            .into_iter()
            .filter(|command| opening.command.is_none_or(|about| about == *command))
        {
            for role in context.roles_of(table) {
                let name = role.map_or("", |role| role.as_str());
                if role.is_some() && !context.rights.can_some(name, privilege(command), table.row) {
                    continue;
                }
                let applied = context.rights.policies(name, table, command).permissive;
                let is_open = |policy: &'a Policy| match command {
                    Event::Insert => {
                        let scope = context.scope(Some(table), role);
                        context
                            .new_rows(policy)
                            .is_some_and(|check| scope.is_always_true(check))
                    }
                    _ => policies::is_open(context, policy, table, role),
                };
                if !applied.contains(&opening) || !is_open(opening) {
                    continue;
                }
                // What is for every command still decides on those that are not opened: public reading, own writing.
                let others = applied
                    .into_iter()
                    .filter(|policy| !is_open(policy) && (policy.command.is_some() || opening.command.is_none()));
                let others = others
                    .filter(|policy| !says_nothing(context, policy, table))
                    .collect::<Vec<_>>();
                if !others.is_empty() {
                    shadowed.extend(others);
                    roles.push(role);
                    commands.push(word(command));
                }
            }
        }
        if shadowed.is_empty() {
            continue;
        }
        shadowed.sort_by_key(|policy| &policy.name);
        shadowed.dedup();
        roles.sort();
        roles.dedup();
        commands.dedup();
        let names = shadowed.iter().map(|policy| policy.name.as_str()).collect::<Vec<_>>();
        let (what, verb) = match names.len() {
            1 => ("condition", "has"),
            _ => ("conditions", "have"),
        };
        let message = format!(
            "it is true for every row, so that the {what} of {} {verb} no effect for {} ({})",
            quoted(&names),
            people(&roles),
            commands.join(", ")
        );
        let evidence = shadowed.iter().map(|policy| {
            let text = policy
                .using
                .as_ref()
                .or(policy.check.as_ref())
                .map_or("", String::as_str);
            format!("{}: {text}", policy.name)
        });
        let severity = match commands.iter().all(|command| *command == "SELECT") {
            true => Severity::Warning,
            false => Severity::Error,
        };
        findings.push(
            RULE.about
                .finding_of(severity, policy_name(opening), message)
                .with_evidence(evidence.collect::<Vec<_>>().join("; ")),
        );
    }
    findings
}

/// Whether a policy is a denial that is spelled out, which nothing can make less of.
fn says_nothing<'a>(context: &Context<'a>, policy: &'a Policy, table: RelationRef<'a>) -> bool {
    let scope = context.scope(Some(table), None);
    let parts = context.expressions(policy).map(|(_, expr)| expr).collect::<Vec<_>>();
    parts.iter().all(|expr| scope.is_never_true(expr))
}

fn quoted(names: &[&str]) -> String {
    let names = names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>();
    crate::access::audit::context::listed(&names)
}

use super::{Rule, policies};
use crate::access::audit::Context;
use crate::access::audit::context::{COMMANDS, people, policy_name, word};
use crate::access::audit::expressions;
use crate::access::audit::rights::privilege;
use crate::access::audit::truth::Scope;
use crate::catalog::Name;
use crate::catalog::lookup::RelationRef;
use crate::catalog::policy::Policy;
use crate::catalog::trigger::Event;
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "rls-policy-always-true",
    Severity::Error,
    "A policy for writing whose condition holds for every row lets its roles change everybody's rows, or write rows in \
     anybody's name.",
    look,
);

fn look(context: &Context<'_>) -> Vec<Finding> {
    let writing = context
        .policies_in_force()
        .filter(|(policy, _)| policy.permissive && policy.command != Some(Event::Select));
    writing
        .filter_map(|(policy, table)| finding(context, policy, table))
        .collect()
}

fn finding<'a>(context: &Context<'a>, policy: &'a Policy, table: RelationRef<'a>) -> Option<Finding> {
    let audience = context.audience(policy);
    if audience.is_empty() {
        return None;
    }
    let command = policy.command.map_or("every command", word);
    let subject = policy_name(policy);
    if policy.using.is_none() && policy.check.is_none() {
        let clause = if policy.command == Some(Event::Insert) {
            "WITH CHECK"
        } else {
            "USING"
        };
        let message = format!(
            "it has no condition at all: say with {clause} which rows {command} is allowed for; without one PostgreSQL lets none \
             through"
        );
        return Some(RULE.about.finding_of(Severity::Warning, subject, message));
    }
    // What is compared with itself leaves out NULL alone, which is nobody's intention either.
    let open = |role: Option<_>, expr| {
        let scope = context.scope(Some(table), role);
        Scope {
            ignores_null: true,
            ..scope
        }
        .is_always_true(expr)
    };
    let opened = |expr| {
        audience
            .iter()
            .copied()
            .filter(|role| open(*role, expr))
            .collect::<Vec<_>>()
    };
    if let Some(using) = context.using(policy) {
        let roles = opened(using);
        if !roles.is_empty() {
            let message = format!(
                "its USING is true for every row: {command} is open to {}",
                people(&roles)
            );
            return Some(weighed(context, policy, table, &roles, message));
        }
    }
    let roles = opened(context.check(policy)?);
    if !roles.is_empty() {
        let what = match context.using(policy) {
            None => "can write anything",
            Some(_) => "can turn a row that they may change into anybody's",
        };
        let message = format!("its WITH CHECK is true for every row: {} {what}", people(&roles));
        return Some(weighed(context, policy, table, &roles, message));
    }
    dropped_owner(context, policy, table, &audience)
}

/// The finding, as grave as what it opens: less where something else still holds the roles back.
fn weighed<'a>(
    context: &Context<'a>,
    policy: &'a Policy,
    table: RelationRef<'a>,
    roles: &[Option<&'a Name>],
    message: String,
) -> Finding {
    let name = &table.row.name;
    let commands = || {
        COMMANDS
            .into_iter()
            .filter(|about| policy.command.is_none_or(|command| command == *about))
    };
    let writes = |role: &&Option<&'a Name>| match role {
        Some(role) if context.rights.is_known(&name.schema) => commands()
            .filter(|command| *command != Event::Select)
            .any(|command| context.rights.can_some(role, privilege(command), table.row)),
        _ => true,
    };
    let is_held = |role: &&Option<&'a Name>| {
        let name = role.map_or("", |role| role.as_str());
        commands().all(|command| {
            let restrictive = context.rights.policies(name, table, command).restrictive;
            restrictive
                .iter()
                .any(|other| !policies::is_open(context, other, table, **role))
        })
    };
    let finding = |severity, message| RULE.about.finding_of(severity, policy_name(policy), message);
    let found = if !roles.iter().any(|role| writes(&role)) {
        let message = format!("{message}, as soon as they have the privilege");
        finding(Severity::Info, message)
    } else if roles.iter().all(|role| is_held(&role)) {
        let message = format!("{message}, as far as restrictive policies let them");
        finding(Severity::Warning, message)
    } else if context.is_exposed(&name.schema) || !context.is_ours(&name.schema) {
        RULE.about.finding(policy_name(policy), message)
    } else {
        finding(Severity::Warning, message)
    };
    found.with_evidence(policies::text(policy))
}

/// A `WITH CHECK` that says nothing of the owner whom `USING` asks for: he may give the row away.
fn dropped_owner<'a>(
    context: &Context<'a>,
    policy: &'a Policy,
    table: RelationRef<'a>,
    audience: &[Option<&'a Name>],
) -> Option<Finding> {
    let (using, check) = (context.using(policy)?, context.check(policy)?);
    let scope = context.scope(Some(table), audience.first().copied().flatten());
    let name = &table.row.name;
    let pinned = policies::pinned(&scope, using, name);
    let owner = pinned.first()?;
    let is_kept = pinned.iter().any(|column| policies::mentions(check, name, column))
        || policies::asks_for_user(&scope, check)
        || expressions::any(check, |part| {
            expressions::call(part).is_some_and(|call| call.schema.is_some())
        });
    if is_kept {
        return None;
    }
    let message = format!(
        "its USING asks for {owner}, and its WITH CHECK does not: {} can give their rows to anybody",
        people(audience)
    );
    Some(
        RULE.about
            .finding_of(Severity::Warning, policy_name(policy), message)
            .with_evidence(policies::text(policy)),
    )
}

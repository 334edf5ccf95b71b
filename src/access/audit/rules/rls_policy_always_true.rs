use super::{Rule, policies};
use crate::access::audit::Context;
use crate::access::audit::context::{people, policy_name, word};
use crate::access::audit::expressions;
use crate::access::audit::truth::Scope;
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
        return Some(RULE.finding_of(Severity::Warning, subject, message));
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
    if let Some(using) = context.using(policy) {
        let roles = audience
            .iter()
            .copied()
            .filter(|role| open(*role, using))
            .collect::<Vec<_>>();
        if !roles.is_empty() {
            let message = format!(
                "its USING is true for every row: {} is open to {}",
                command,
                people(&roles)
            );
            return Some(RULE.finding(subject, message).with_evidence(policies::text(policy)));
        }
    }
    let check = context.check(policy)?;
    let roles = audience
        .iter()
        .copied()
        .filter(|role| open(*role, check))
        .collect::<Vec<_>>();
    if !roles.is_empty() {
        let message = match context.using(policy) {
            None => format!(
                "its WITH CHECK is true for every row: {} can write anything",
                people(&roles)
            ),
            Some(_) => format!(
                "its WITH CHECK is true for every row: {} can turn a row that they may change into anybody's",
                people(&roles)
            ),
        };
        return Some(RULE.finding(subject, message).with_evidence(policies::text(policy)));
    }
    dropped_owner(context, policy, table, &audience)
}

/// A `WITH CHECK` that says nothing of the owner whom `USING` asks for: he may give the row away.
fn dropped_owner<'a>(
    context: &Context<'a>,
    policy: &'a Policy,
    table: RelationRef<'a>,
    audience: &[Option<&'a crate::catalog::Name>],
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
        RULE.finding_of(Severity::Warning, policy_name(policy), message)
            .with_evidence(policies::text(policy)),
    )
}

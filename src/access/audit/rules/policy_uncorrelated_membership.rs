use sqlparser::ast::{Expr, Query};

use super::{Rule, policies};
use crate::access::audit::Context;
use crate::access::audit::context::{people, policy_name};
use crate::access::audit::expressions::{self, conjuncts, disjuncts, relations, select, strip};
use crate::access::audit::truth::Scope;
use crate::catalog::QName;
use crate::catalog::constraint::ConstraintKind;
use crate::catalog::lookup::RelationRef;
use crate::catalog::policy::Policy;
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "policy-uncorrelated-membership",
    Severity::Error,
    "A sub-select that asks whether the user is a member, and not of what, says yes to every member of anything: he \
     gets the rows of all tenants.",
    look,
);

fn look(context: &Context<'_>) -> Vec<Finding> {
    let policies = context.policies_in_force().filter(|(policy, _)| policy.permissive);
    policies
        .filter_map(|(policy, table)| finding(context, policy, table))
        .collect()
}

fn finding<'a>(context: &Context<'a>, policy: &'a Policy, table: RelationRef<'a>) -> Option<Finding> {
    let audience = context.audience(policy);
    let scope = context.scope(Some(table), audience.first().copied()?);
    let (members, of) = context
        .expressions(policy)
        .flat_map(|(_, expr)| disjuncts(expr))
        .find_map(|way| membership(context, &scope, way, table))?;
    let message = format!(
        "it asks whether the user is in {members}, and not with which of {of}: {} who is in it for any gets the rows of all",
        people(&audience)
    );
    Some(
        RULE.about
            .finding(policy_name(policy), message)
            .with_evidence(policies::text(policy)),
    )
}

/// The table of members that a way through a policy asks without saying a word of the row, and the table of tenants that
/// both lead to.
fn membership<'a>(
    context: &Context<'a>,
    scope: &Scope<'_>,
    way: &Expr,
    table: RelationRef<'a>,
) -> Option<(&'a QName, &'a QName)> {
    let parts = conjuncts(way);
    if parts.iter().any(|part| is_about_row(part, &table.row.name)) {
        return None;
    }
    parts.into_iter().find_map(|part| {
        let Expr::Exists {
            subquery,
            negated: false,
        } = strip(part)
        else {
            return None;
        };
        let members = asked_of_user(context, scope, subquery)?;
        let tenants = targets(members);
        let shared = targets(table).into_iter().chain([&table.row.name]);
        let of = shared
            .filter(|name| context.settings.users.as_ref() != Some(*name))
            .find(|name| tenants.contains(name))?;
        Some((&members.row.name, of))
    })
}

/// Whether a part of a condition has to do with the row that is looked at.
fn is_about_row(part: &Expr, table: &QName) -> bool {
    let mut found = false;
    expressions::walk(part, table, |place, inner| {
        found |= place.depth == 0 && matches!(inner, Expr::Identifier(_));
    });
    found
        || expressions::any(part, |inner| match inner {
            Expr::CompoundIdentifier(parts) => parts.len() == 2 && parts[0].value == table.name,
            _ => false,
        })
}

/// The one table that a sub-select reads, where all that it asks of it is who the user is, and perhaps what he is there.
fn asked_of_user<'a>(context: &Context<'a>, scope: &Scope<'_>, query: &Query) -> Option<RelationRef<'a>> {
    let condition = select(query)?.selection.as_ref()?;
    let read = relations(query);
    let [(Some(schema), name)] = read.as_slice() else {
        return None;
    };
    let members = context.catalog.relation(&QName::new(schema.clone(), name.clone()))?;
    let is_of_user = conjuncts(condition).into_iter().any(|part| {
        expressions::equality(part).is_some_and(|(left, right)| scope.is_user(left) != scope.is_user(right))
    });
    is_of_user.then_some(members)
}

/// The tables that a table's foreign keys of one column lead to.
fn targets(table: RelationRef<'_>) -> Vec<&QName> {
    let keys = table
        .constraints()
        .iter()
        .filter_map(|constraint| match &constraint.kind {
            ConstraintKind::ForeignKey(key) if key.columns.len() == 1 => Some(&key.references),
            _ => None,
        });
    keys.collect()
}

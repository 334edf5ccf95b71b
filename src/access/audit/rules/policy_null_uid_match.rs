use sqlparser::ast::Expr;

use super::Rule;
use crate::access::audit::Context;
use crate::access::audit::context::policy_name;
use crate::access::audit::expressions::{self, call, equality, negated, own_column, strip};
use crate::access::audit::truth::{Caller, Scope};
use crate::catalog::Name;
use crate::catalog::lookup::RelationRef;
use crate::catalog::policy::Policy;
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "policy-null-uid-match",
    Severity::Error,
    "A request without a user has NULL for its user. Where NULL matches NULL, or NULL is let through, such a request gets \
     what belongs to nobody, or everything.",
    look,
);

fn look(context: &Context<'_>) -> Vec<Finding> {
    context
        .policies_in_force()
        .filter_map(|(policy, table)| finding(context, policy, table))
        .collect()
}

fn finding<'a>(context: &Context<'a>, policy: &'a Policy, table: RelationRef<'a>) -> Option<Finding> {
    let audience = context.audience(policy);
    let scope = context.scope(Some(table), audience.first().copied()?);
    for (clause, expr) in context.expressions(policy) {
        let mut found = None;
        expressions::any(expr, |part| {
            found = matched(&scope, part, table).map(str::to_owned);
            found.is_some()
        });
        if let Some(column) = found {
            let message = format!(
                "its {clause} takes NULL for equal: a request without a user gets the rows in which {column} is NULL"
            );
            return Some(
                RULE.about
                    .finding(policy_name(policy), message)
                    .with_evidence(expr.to_string()),
            );
        }
        if let Some(who) = nobody(context, &audience)
            && is_open_to_nobody(&scope, expr, who)
        {
            let who = who.map_or("such a request", |role| role.as_str());
            let message = format!("its {clause} is true where there is no user and no claim: {who} gets every row");
            return Some(
                RULE.about
                    .finding(policy_name(policy), message)
                    .with_evidence(expr.to_string()),
            );
        }
    }
    None
}

/// The column that NULL is matched with.
fn matched<'e>(scope: &Scope<'_>, expr: &'e Expr, table: RelationRef<'_>) -> Option<&'e str> {
    let name = &table.row.name;
    let is_nullable = |column: &str| table.column(&column.into()).is_some_and(|column| !column.not_null);
    let pair = |left: &'e Expr, right: &'e Expr| match (own_column(left, name), own_column(right, name)) {
        (Some(column), None) if scope.is_user(right) => Some(column),
        (None, Some(column)) if scope.is_user(left) => Some(column),
        _ => None,
    };
    let column = match expr {
        Expr::IsNotDistinctFrom(left, right) => pair(left, right),
        _ => match negated(expr).map(unnested) {
            Some(Expr::IsDistinctFrom(left, right)) => pair(left, right),
            _ => {
                let (left, right) = equality(expr)?;
                let first = |expr: &'e Expr| {
                    let call = call(strip(expr)).filter(|call| call.is_builtin("coalesce"))?;
                    call.arguments.first().copied()
                };
                pair(first(left)?, first(right)?)
            }
        },
    };
    column.filter(|column| is_nullable(column))
}

fn unnested(expr: &Expr) -> &Expr {
    match expr {
        Expr::Nested(inner) => unnested(inner),
        _ => expr,
    }
}

/// As whom a request without a user comes: the anonymous role, where the policy is for it; where no role is, as any.
fn nobody<'a>(context: &'a Context<'_>, audience: &[Option<&'a Name>]) -> Option<Option<&'a Name>> {
    match &context.settings.anonymous {
        Some(role) => audience.contains(&Some(role)).then_some(Some(role)),
        None => audience.first().copied(),
    }
}

/// Whether an expression that is not true for everybody is true for a request that says nothing of itself.
fn is_open_to_nobody(scope: &Scope<'_>, expr: &Expr, role: Option<&Name>) -> bool {
    let as_caller = |signed_in: bool| {
        let caller = Caller {
            role,
            signed_in: Some(signed_in),
            is_bare: !signed_in,
        };
        Scope { caller, ..*scope }.is_always_true(expr)
    };
    as_caller(false) && !as_caller(true)
}

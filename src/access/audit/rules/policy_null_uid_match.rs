use sqlparser::ast::Expr;

use super::Rule;
use crate::access::audit::Context;
use crate::access::audit::context::policy_name;
use crate::access::audit::expressions::{self, call, equality, negated, own_column, strip};
use crate::access::audit::truth::Scope;
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
        let anonymous = context
            .settings
            .anonymous
            .as_ref()
            .filter(|role| audience.contains(&Some(role)));
        if let Some(anonymous) = anonymous
            && passes_without_user(&scope, expr)
            && context.scope(Some(table), Some(anonymous)).is_always_true(expr)
        {
            let message = format!("its {clause} is true where there is no user: {anonymous} gets every row");
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

/// Whether an expression asks whether there is no user.
fn passes_without_user(scope: &Scope<'_>, expr: &Expr) -> bool {
    expressions::any(expr, |part| matches!(part, Expr::IsNull(inner) if scope.is_user(inner)))
}

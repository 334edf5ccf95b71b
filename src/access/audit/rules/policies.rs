//! What several rules ask of policies' expressions.

use sqlparser::ast::Expr;

use crate::access::audit::Context;
use crate::access::audit::expressions::{self, conjuncts, disjuncts, equality, own_column, strip};
use crate::access::audit::truth::Scope;
use crate::catalog::lookup::RelationRef;
use crate::catalog::policy::Policy;
use crate::catalog::{Name, QName};

/// What a policy says, as it is written.
pub(super) fn text(policy: &Policy) -> String {
    let using = policy.using.iter().map(|text| format!("USING {text}"));
    let check = policy.check.iter().map(|text| format!("WITH CHECK {text}"));
    using.chain(check).collect::<Vec<_>>().join(" ")
}

/// Whether the policy lets every row through for the role: what is asked of rows that are there, or of new ones.
pub(super) fn is_open<'a>(
    context: &Context<'a>,
    policy: &'a Policy,
    table: RelationRef<'a>,
    role: Option<&'a Name>,
) -> bool {
    let scope = context.scope(Some(table), role);
    context.using(policy).is_some_and(|using| scope.is_always_true(using))
}

/// The column of the table that a condition holds against the user: `owner = auth.uid()`.
pub(super) fn owner_column<'e>(scope: &Scope<'_>, condition: &'e Expr, table: &QName) -> Option<&'e str> {
    let (left, right) = equality(condition)?;
    match (own_column(left, table), own_column(right, table)) {
        (Some(column), None) if scope.is_user(right) => Some(column),
        (None, Some(column)) if scope.is_user(left) => Some(column),
        _ => None,
    }
}

/// The columns that hold the user in every row that an expression lets through: each way to satisfy it has one.
pub(super) fn pinned<'e>(scope: &Scope<'_>, expr: &'e Expr, table: &QName) -> Vec<&'e str> {
    let ways = disjuncts(expr).into_iter().map(|way| {
        let parts = conjuncts(way).into_iter();
        let columns = parts.flat_map(|part| match disjuncts(part).len() {
            1 => owner_column(scope, part, table).into_iter().collect::<Vec<_>>(),
            _ => pinned(scope, part, table),
        });
        columns.collect::<Vec<_>>()
    });
    let ways = ways.collect::<Vec<_>>();
    match ways.iter().any(Vec::is_empty) {
        true => Vec::new(),
        false => ways.concat(),
    }
}

/// Whether an expression has something to do with a column of the policy's table.
pub(super) fn mentions(expr: &Expr, table: &QName, column: &str) -> bool {
    expressions::any(expr, |part| match part {
        Expr::Identifier(name) => name.value == column,
        Expr::CompoundIdentifier(parts) => parts.len() == 2 && parts[0].value == table.name && parts[1].value == column,
        _ => false,
    })
}

/// Whether an expression asks who the user is, anywhere.
pub(super) fn asks_for_user(scope: &Scope<'_>, expr: &Expr) -> bool {
    expressions::any(expr, |part| scope.is_user(strip(part)))
}

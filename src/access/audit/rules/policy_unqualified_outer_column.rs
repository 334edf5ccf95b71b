use std::ops::ControlFlow;

use sqlparser::ast::{BinaryOperator, Expr, Ident, Query, Visit, Visitor};

use super::{Rule, policies};
use crate::access::audit::Context;
use crate::access::audit::context::policy_name;
use crate::access::audit::expressions::{is_correlated, strip};
use crate::catalog::lookup::RelationRef;
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "policy-unqualified-outer-column",
    Severity::Error,
    "A column without its table's name in a sub-select is the sub-select's own where it has one of that name. The \
     comparison with the policy's row is then one of the inner row with itself: it holds for every row.",
    look,
);

fn look(context: &Context<'_>) -> Vec<Finding> {
    let findings = context.policies().filter_map(|(policy, table)| {
        let found = context.expressions(policy).find_map(|(_, expr)| compared_with_itself(expr, table));
        let (left, right) = found?;
        let message = format!(
            "{left} is compared with {right}, both of the sub-select: the row that the policy is asked about, {}, plays no \
             part in it. Write {}.{}",
            table.row.name,
            table.row.name.name,
            right.rsplit('.').next().unwrap_or_default()
        );
        Some(RULE.about.finding(policy_name(policy), message).with_evidence(policies::text(policy)))
    });
    findings.collect()
}

/// Two columns of one relation of a sub-select that are compared, where the policy's table has a column of the name.
fn compared_with_itself(expr: &Expr, table: RelationRef<'_>) -> Option<(String, String)> {
    struct Finder<'a> {
        table: RelationRef<'a>,
        correlated: Vec<bool>,
    }
    impl Visitor for Finder<'_> {
        type Break = (String, String);

        fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<Self::Break> {
            self.correlated.push(is_correlated(query, &self.table.row.name));
            ControlFlow::Continue(())
        }

        fn post_visit_query(&mut self, _: &Query) -> ControlFlow<Self::Break> {
            self.correlated.pop();
            ControlFlow::Continue(())
        }

        fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<Self::Break> {
            let Expr::BinaryOp {
                left,
                op: BinaryOperator::Eq,
                right,
            } = expr
            else {
                return ControlFlow::Continue(());
            };
            let Some(((relation, left), (other, right))) = qualified(left).zip(qualified(right)) else {
                return ControlFlow::Continue(());
            };
            let is_inner =
                !self.correlated.is_empty() && relation == other && relation.value != self.table.row.name.name;
            let has = |column: &Ident| self.table.column(&column.value.as_str().into()).is_some();
            let is_alone = self.correlated.iter().all(|correlated| !correlated);
            // Of two columns of different names, one is meant to be the row's, if nothing else is.
            let is_slip = if left == right {
                has(left)
            } else {
                is_alone && (has(left) != has(right))
            };
            match is_inner && is_slip {
                true => {
                    let (own, outer) = if has(right) { (left, right) } else { (right, left) };
                    ControlFlow::Break((format!("{relation}.{own}"), format!("{relation}.{outer}")))
                }
                false => ControlFlow::Continue(()),
            }
        }
    }
    let mut finder = Finder {
        table,
        correlated: Vec::new(),
    };
    match expr.visit(&mut finder) {
        ControlFlow::Break(found) => Some(found),
        ControlFlow::Continue(()) => None,
    }
}

fn qualified(expr: &Expr) -> Option<(&Ident, &Ident)> {
    match strip(expr) {
        Expr::CompoundIdentifier(parts) => match parts.as_slice() {
            [relation, column] => Some((relation, column)),
            _ => None,
        },
        _ => None,
    }
}

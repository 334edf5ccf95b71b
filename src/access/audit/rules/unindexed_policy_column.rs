use std::collections::BTreeMap;

use super::{Rule, policies};
use crate::access::audit::Context;
use crate::access::audit::context::{column_name, policy_name};
use crate::access::audit::expressions::{conjuncts, disjuncts, own_column, strip};
use crate::catalog::index::Index;
use crate::catalog::kin::Kin;
use crate::catalog::relation::RelationKind;
use crate::catalog::{Name, QName};
use crate::ddl::{fixes, mend};
use crate::finding::{Finding, Severity};
use crate::sql::identifier;
use sqlparser::ast::{BinaryOperator, Expr};

pub(super) const RULE: Rule = Rule::new(
    "unindexed-policy-column",
    Severity::Info,
    "A policy's condition is part of every query of the table. Without an index that begins with its column, every query \
     reads the whole table.",
    look,
);

fn look(context: &Context<'_>) -> Vec<Finding> {
    let mut wanted = BTreeMap::<(&QName, String), Vec<String>>::new();
    for (policy, table) in context.policies_in_force() {
        let is_stored = table.row.kind == RelationKind::Table || table.row.kind == RelationKind::PartitionedTable;
        if !is_stored || !context.is_ours(&table.row.name.schema) || context.audience(policy).is_empty() {
            continue;
        }
        let Some(using) = context.using(policy) else { continue };
        let scope = context.scope(Some(table), None);
        for condition in disjuncts(using).into_iter().flat_map(conjuncts) {
            let by_user = policies::owner_column(&scope, condition, &table.row.name);
            let by_set = set_column(condition, &table.row.name);
            if let Some(column) = by_user.or(by_set) {
                wanted
                    .entry((&table.row.name, column.to_owned()))
                    .or_default()
                    .push(policy_name(policy));
            }
        }
    }
    let kin = Kin::of(context.catalog);
    let findings = wanted.into_iter().filter_map(|((table, column), mut by)| {
        let relation = context.catalog.relation(table)?;
        let name = Name::from(column);
        relation.column(&name)?;
        if leads_an_index(kin.indexes(table), &name) {
            return None;
        }
        by.dedup();
        let message = format!("policies look for it, and no index begins with it ({})", by.join(", "));
        let fix = match relation.row.kind {
            // It takes no index concurrently.
            RelationKind::PartitionedTable => fixes::create_index(table, &name),
            _ => mend::create_index(table, std::slice::from_ref(&name)),
        };
        Some(RULE.about.finding(column_name(table, &name), message).with_fix(fix))
    });
    findings.collect()
}

/// The column that is compared with a set: `column = any (…)`, `column in (select …)`.
fn set_column<'e>(condition: &'e Expr, table: &QName) -> Option<&'e str> {
    match condition {
        Expr::Nested(inner) => set_column(inner, table),
        Expr::AnyOp {
            left,
            compare_op: BinaryOperator::Eq,
            right,
            ..
        } if !matches!(strip(right), Expr::Array(array) if array.elem.iter().all(is_constant)) => {
            own_column(left, table)
        }
        Expr::InSubquery {
            expr, negated: false, ..
        } => own_column(expr, table),
        _ => None,
    }
}

fn is_constant(expr: &Expr) -> bool {
    matches!(strip(expr), Expr::Value(_))
}

/// Whether an index over all rows begins with the column, and answers what is equal to it.
fn leads_an_index(indexes: &[&Index], column: &Name) -> bool {
    let implied = format!("({} IS NOT NULL)", identifier(column));
    let mut leading = indexes
        .iter()
        .filter(|index| index.valid && ["btree", "hash"].contains(&&*index.method));
    leading.any(|index| {
        index
            .keys
            .first()
            .is_some_and(|key| key.column.as_ref() == Some(column))
            && index.predicate.as_ref().is_none_or(|predicate| *predicate == implied)
    })
}

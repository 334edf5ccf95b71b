use sqlparser::ast::Expr;

use super::{Rule, policies};
use crate::access::audit::Context;
use crate::access::audit::context::policy_name;
use crate::access::audit::expressions::{self, call};
use crate::catalog::routine::{Routine, Volatility};
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "rls-per-row-function",
    Severity::Warning,
    "A function that takes a column is called once for every row, whatever index there is. A function that gives the set \
     of what the user may see is called once, and the column is compared with the set.",
    look,
);

fn look(context: &Context<'_>) -> Vec<Finding> {
    let policies = context
        .policies_in_force()
        .filter(|(policy, _)| !context.audience(policy).is_empty());
    let findings = policies.filter_map(|(policy, table)| {
        let mut called = Vec::new();
        for (_, expr) in context.expressions(policy) {
            expressions::walk(expr, &table.row.name, |place, part| {
                let Some(call) = call(part).filter(|_| place.per_row) else {
                    return;
                };
                let takes_row = call.arguments.iter().any(|argument| {
                    expressions::any(argument, |part| {
                        matches!(part, Expr::Identifier(_) | Expr::CompoundIdentifier(_))
                    })
                });
                let is_dear = context
                    .routine(&call)
                    .is_some_and(|routine| context.is_ours(&routine.id.name.schema) && is_dear(routine));
                if takes_row && is_dear {
                    called.push(part.to_string());
                }
            });
        }
        called.sort();
        called.dedup();
        (!called.is_empty()).then(|| {
            let message = format!(
                "{} is called for every row: give back the set instead, and write column = any (array(select f()))",
                called.join(", ")
            );
            RULE.about
                .finding(policy_name(policy), message)
                .with_evidence(policies::text(policy))
        })
    });
    findings.collect()
}

/// Whether the function is really called: PostgreSQL takes plain ones of SQL apart (`inline_function`).
fn is_dear(routine: &Routine) -> bool {
    let is_inlined = routine.language == "sql" && !routine.security_definer && routine.settings.is_empty();
    routine.volatility != Volatility::Immutable && !is_inlined
}

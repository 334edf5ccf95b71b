use std::ops::ControlFlow;

use sqlparser::ast::{Expr, Query, VisitMut, VisitorMut};

use super::{Rule, policies};
use crate::access::audit::Context;
use crate::access::audit::context::policy_name;
use crate::access::audit::expressions::{self, Call, call, is_correlated};
use crate::access::audit::truth;
use crate::catalog::QName;
use crate::catalog::policy::Policy;
use crate::catalog::routine::Volatility;
use crate::ddl::fixes;
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "auth-rls-initplan",
    Severity::Warning,
    "A function in a policy is called for every row that is looked at. Wrapped as (select f()) it is called once for the \
     whole query, which is many times faster on large tables.",
    look,
);

fn look(context: &Context<'_>) -> Vec<Finding> {
    let policies = context
        .policies_in_force()
        .filter(|(policy, _)| !context.audience(policy).is_empty());
    policies.filter_map(|(policy, _)| finding(context, policy)).collect()
}

fn finding<'a>(context: &Context<'a>, policy: &'a Policy) -> Option<Finding> {
    let table = &policy.relation;
    let mut called = Vec::new();
    let mut fixed = [None, None];
    for (at, (_, expr)) in [
        (0, ("USING", context.using(policy))),
        (1, ("WITH CHECK", context.check(policy))),
    ] {
        let Some(expr) = expr else { continue };
        let before = called.len();
        expressions::walk(expr, table, |place, part| {
            if place.per_row
                && let Some(call) = call(part)
                && is_the_same_for_all_rows(context, &call)
            {
                called.push(part.to_string());
            }
        });
        if called.len() > before {
            fixed[at] = rewritten(context, expr, table);
        }
    }
    if called.is_empty() {
        return None;
    }
    called.sort();
    called.dedup();
    let message = format!(
        "{} is called for every row, and gives the same for all",
        called.join(", ")
    );
    let finding = RULE
        .about
        .finding(policy_name(policy), message)
        .with_evidence(policies::text(policy));
    if fixed.iter().all(Option::is_none) {
        return Some(finding);
    }
    Some(finding.with_fix(fixes::alter_policy(policy, fixed[0].as_deref(), fixed[1].as_deref())))
}

/// Whether the call asks for the request, or is of a function of the user's own, with nothing of the row in it.
fn is_the_same_for_all_rows(context: &Context<'_>, call: &Call<'_>) -> bool {
    let asks = ["uid", "jwt", "role", "email"].iter().any(|name| call.is("auth", name));
    let is_constant = call.arguments.iter().all(|argument| {
        !expressions::any(argument, |part| {
            matches!(part, Expr::Identifier(_) | Expr::CompoundIdentifier(_))
        })
    });
    if asks || truth::setting(call).is_some() {
        return is_constant;
    }
    let Some(routine) = context.routine(call) else {
        return false;
    };
    is_constant
        && context.is_ours(&routine.id.name.schema)
        && routine.volatility != Volatility::Immutable
        && !routine.returns_set
}

/// The expression with such calls wrapped; `None` where what comes out would not be read back as it is meant.
fn rewritten(context: &Context<'_>, expr: &Expr, table: &QName) -> Option<String> {
    struct Wrapper<'c, 'a> {
        context: &'c Context<'a>,
        table: &'c QName,
        correlated: Vec<bool>,
    }
    impl VisitorMut for Wrapper<'_, '_> {
        type Break = ();

        fn pre_visit_query(&mut self, query: &mut Query) -> ControlFlow<()> {
            self.correlated.push(is_correlated(query, self.table));
            ControlFlow::Continue(())
        }

        fn post_visit_query(&mut self, _: &mut Query) -> ControlFlow<()> {
            self.correlated.pop();
            ControlFlow::Continue(())
        }

        fn post_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
            let is_wanted = self.correlated.iter().all(|correlated| *correlated)
                && call(expr).is_some_and(|call| is_the_same_for_all_rows(self.context, &call));
            if is_wanted && let Some(wrapped) = expressions::parse(&format!("(SELECT {expr})")) {
                *expr = wrapped;
            }
            ControlFlow::Continue(())
        }
    }
    // What the parser writes has to mean what it read.
    if expressions::parse(&expr.to_string()).as_ref() != Some(expr) {
        return None;
    }
    let mut changed = expr.clone();
    let mut wrapper = Wrapper {
        context,
        table,
        correlated: Vec::new(),
    };
    let _ = changed.visit(&mut wrapper);
    let text = changed.to_string();
    let is_read_back = expressions::parse(&text).is_some_and(|again| again == changed);
    let bare = match changed {
        Expr::Nested(inner) => inner.to_string(),
        _ => text,
    };
    is_read_back.then_some(bare)
}

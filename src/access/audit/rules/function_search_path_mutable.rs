use super::{Rule, functions};
use crate::access::audit::Context;
use crate::access::audit::context::listed;
use crate::catalog::routine::{Body, RoutineKind};
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "function-search-path-mutable",
    Severity::Warning,
    "A function without a search_path of its own finds names wherever its caller says. With its owner's rights it can be \
     made to call or read what the caller put there.",
    look,
);

fn look(context: &Context<'_>) -> Vec<Finding> {
    let open = context.routines().filter(|routine| {
        // The names of an SQL-standard body were looked up when it was made; a library's code has none.
        let has_names = matches!(routine.body, Body::Source(_)) && !["c", "internal"].contains(&&*routine.language);
        let is_called = matches!(routine.kind, RoutineKind::Function | RoutineKind::Procedure);
        has_names && is_called && functions::search_path(routine).is_none()
    });
    let findings = open.map(|routine| {
        let name = routine.id.to_string();
        if !routine.security_definer {
            return RULE.about.finding_of(
                Severity::Info,
                name,
                "it has no search_path of its own: names in it mean whatever its caller's search_path says",
            );
        }
        let callers = functions::callers(context, routine);
        match callers.is_empty() {
            true => RULE.about.finding(
                name,
                format!("it runs as {}, with its caller's search_path", routine.owner),
            ),
            false => RULE.about.finding_of(
                Severity::Error,
                name,
                format!(
                    "it runs as {} with its caller's search_path, and {} can call it",
                    routine.owner,
                    listed(&callers)
                ),
            ),
        }
    });
    findings.collect()
}

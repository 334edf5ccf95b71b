use super::{Rule, functions};
use crate::access::audit::Context;
use crate::access::audit::context::listed;
use crate::catalog::Name;
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "anon-security-definer-function-executable",
    Severity::Warning,
    "A SECURITY DEFINER function runs with its owner's rights, past every policy. One that can be called without signing \
     in, and does not ask who calls, is open to anybody.",
    |context| {
        let anonymous = context.settings.anonymous.iter().collect::<Vec<_>>();
        executable(context, &RULE, &anonymous)
    },
);

/// The functions with their owner's rights that one of these roles can call through the API, and that do not ask who
/// calls.
pub(super) fn executable(context: &Context<'_>, rule: &Rule, roles: &[&Name]) -> Vec<Finding> {
    let definers = context.routines().filter(|routine| routine.security_definer);
    let findings = definers.filter_map(|routine| {
        let mut callers = functions::api_callers(context, routine);
        callers.retain(|caller| roles.contains(caller));
        if callers.is_empty() || functions::asks_for_caller(context, routine) {
            return None;
        }
        let message = format!("{} can call it, and it runs as {}", listed(&callers), routine.owner);
        Some(rule.about.finding(routine.id.to_string(), message))
    });
    findings.collect()
}

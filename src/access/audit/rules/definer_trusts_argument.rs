use super::{Rule, functions};
use crate::access::audit::Context;
use crate::access::audit::context::listed;
use crate::catalog::routine::{Argument, ArgumentMode};
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "definer-trusts-argument",
    Severity::Error,
    "The caller chooses the arguments. A function with its owner's rights that takes the user from one of them, and not \
     from the token, works for any user on behalf of any other.",
    look,
);

fn look(context: &Context<'_>) -> Vec<Finding> {
    let definers = context.routines().filter(|routine| routine.security_definer);
    let findings = definers.filter_map(|routine| {
        let callers = functions::api_callers(context, routine);
        let trusted = routine.arguments.iter().find_map(user_argument)?;
        let tokens = functions::tokens(routine)?;
        let is_used =
            tokens.iter().filter_map(functions::word).any(|word| word == trusted) && functions::touches_tables(&tokens);
        if callers.is_empty() || !is_used || functions::asks_for_caller(context, routine) {
            return None;
        }
        let message = format!(
            "{} can call it for any user: it takes the user from the argument {trusted}, and runs as {}",
            listed(&callers),
            routine.owner
        );
        let body = functions::body(routine).unwrap_or_default().trim().to_owned();
        Some(RULE.finding(routine.id.to_string(), message).with_evidence(body))
    });
    findings.collect()
}

/// The name of an argument that says who a user is.
fn user_argument(argument: &Argument) -> Option<&str> {
    let name = argument.name.as_deref()?;
    if !matches!(argument.mode, ArgumentMode::In | ArgumentMode::Inout) {
        return None;
    }
    let is_key = ["uuid", "text", "integer", "bigint", "character varying"].contains(&&*argument.data_type);
    let marks = [
        "user", "uid", "owner", "account", "profile", "member", "customer", "author", "actor", "caller",
    ];
    let words = name.split('_').map(str::to_lowercase).collect::<Vec<_>>();
    let is_user = words
        .iter()
        .any(|word| marks.contains(&word.trim_end_matches("id")) || marks.contains(&word.as_str()));
    // A name or an address that is looked for is no claim of who asks.
    let is_other = words
        .iter()
        .any(|word| ["name", "email", "agent", "username"].contains(&word.as_str()));
    (is_key && is_user && !is_other).then_some(name)
}

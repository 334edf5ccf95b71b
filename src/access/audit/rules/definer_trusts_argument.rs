use sqlparser::tokenizer::Token;

use super::functions::word;
use super::{Rule, functions};
use crate::access::audit::Context;
use crate::access::audit::context::listed;
use crate::catalog::routine::{ArgumentMode, Routine};
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
        let tokens = functions::tokens(routine)?;
        let trusted = trusted(routine, &tokens)?;
        let is_idle = callers.is_empty() || !functions::touches_tables(&tokens);
        if is_idle || functions::asks_for_caller(context, routine) {
            return None;
        }
        let message = format!(
            "{} can call it for any user: it takes the user from the argument {trusted}, and runs as {}",
            listed(&callers),
            routine.owner
        );
        let body = functions::body(routine).unwrap_or_default().trim().to_owned();
        Some(RULE.about.finding(routine.id.to_string(), message).with_evidence(body))
    });
    findings.collect()
}

/// The argument that says who a user is: by its own name, or by the column that it is compared with.
fn trusted(routine: &Routine, tokens: &[Token]) -> Option<String> {
    let inputs = routine
        .arguments
        .iter()
        .filter(|argument| matches!(argument.mode, ArgumentMode::In | ArgumentMode::Inout));
    let mut found = inputs.enumerate().filter_map(|(at, argument)| {
        let is_key = ["uuid", "text", "integer", "bigint", "character varying"].contains(&&*argument.data_type);
        let names = argument
            .name
            .iter()
            .map(ToString::to_string)
            .chain([format!("${}", at + 1)]);
        names
            .into_iter()
            .filter(|_| is_key)
            .find(|name| is_taken_for_user(name, tokens))
    });
    found.next()
}

fn is_taken_for_user(argument: &str, tokens: &[Token]) -> bool {
    let is_it = |token: &Token| match token {
        Token::Placeholder(name) => name == argument,
        token => word(token).is_some_and(|word| word == argument),
    };
    let is_used = tokens.iter().any(is_it);
    let is_compared = tokens.windows(3).any(|three| {
        let sides = [(&three[0], &three[2]), (&three[2], &three[0])];
        three[1] == Token::Eq
            && sides
                .iter()
                .any(|(one, other)| is_it(one) && word(other).is_some_and(|column| is_users(&column)))
    });
    is_used && (is_users(argument) || is_compared)
}

/// Whether a name says that it is the key of a user.
fn is_users(name: &str) -> bool {
    let marks = [
        "user", "uid", "owner", "profile", "member", "customer", "author", "actor", "caller",
    ];
    let words = name.split('_').map(str::to_lowercase).collect::<Vec<_>>();
    let is_user = words
        .iter()
        .any(|word| marks.contains(&word.trim_end_matches("id")) || marks.contains(&word.as_str()));
    // A name or an address that is looked for is no claim of who asks.
    let is_other = ["name", "email", "agent", "username", "role", "type", "count"];
    is_user && !words.iter().any(|word| is_other.contains(&word.as_str()))
}

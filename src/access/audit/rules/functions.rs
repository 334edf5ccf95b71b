//! What several rules ask of functions: who can call them, and what their bodies name.

use sqlparser::tokenizer::Token;

use crate::access::audit::Context;
use crate::access::audit::expressions;
use crate::access::claims::Source;
use crate::catalog::access::Privilege;
use crate::catalog::routine::{Body, Routine, RoutineKind};
use crate::catalog::{Name, QName};

/// The outside roles that can call the function by its name: those that may execute it, and use its schema. A trigger
/// function is called by nobody.
pub(super) fn callers<'a>(context: &Context<'a>, routine: &Routine) -> Vec<&'a Name> {
    if is_trigger(routine) || !matches!(routine.kind, RoutineKind::Function | RoutineKind::Procedure) {
        return Vec::new();
    }
    context.who_can_use(Privilege::Execute, &routine.object())
}

/// The outside roles that can call the function through the API.
pub(super) fn api_callers<'a>(context: &Context<'a>, routine: &Routine) -> Vec<&'a Name> {
    match context.is_exposed(&routine.id.name.schema) {
        true => callers(context, routine),
        false => Vec::new(),
    }
}

fn is_trigger(routine: &Routine) -> bool {
    let returns = routine.returns.as_deref();
    matches!(returns, Some("trigger" | "event_trigger"))
}

/// The text of a function's body.
pub(super) fn body(routine: &Routine) -> Option<&str> {
    match &routine.body {
        Body::Source(text) | Body::Sql(text) => Some(text),
        Body::Object { .. } | Body::Aggregate(_) => None,
    }
}

/// The words and signs of a function's body; `None` where it cannot be read.
pub(super) fn tokens(routine: &Routine) -> Option<Vec<Token>> {
    expressions::tokens(body(routine)?)
}

/// The value of a word, or of a quoted one.
pub(super) fn word(token: &Token) -> Option<String> {
    match token {
        Token::Word(word) if word.quote_style.is_none() => Some(word.value.to_lowercase()),
        Token::Word(word) => Some(word.value.clone()),
        _ => None,
    }
}

/// Whether a body names `schema.name`.
pub(super) fn names(tokens: &[Token], name: &QName) -> bool {
    tokens.windows(3).any(|three| {
        three[1] == Token::Period
            && word(&three[0]).is_some_and(|schema| name.schema == schema)
            && word(&three[2]).is_some_and(|bare| name.name == bare)
    })
}

/// Whether a body asks who its caller is: by Supabase's functions, a claims setting, or the function that is configured;
/// or by a function that does.
pub(super) fn asks_for_caller(context: &Context<'_>, routine: &Routine) -> bool {
    asks_within(context, routine, 0)
}

fn asks_within(context: &Context<'_>, routine: &Routine, depth: usize) -> bool {
    let Some(tokens) = tokens(routine) else { return false };
    let own = ["uid", "jwt", "role", "email"].map(|name| QName::new("auth", name));
    if own.iter().any(|name| names(&tokens, name)) {
        return true;
    }
    if let Source::Function(name) = &context.settings.claims.source
        && names(&tokens, name)
    {
        return true;
    }
    let asks = |token: &Token| {
        word(token).is_some_and(|word| {
            ["current_user", "session_user", "current_role", "current_setting"].contains(&word.as_str())
        })
    };
    if tokens.iter().any(asks) {
        return true;
    }
    depth < 3
        && called(context, routine, &tokens)
            .into_iter()
            .any(|called| asks_within(context, called, depth + 1))
}

/// The functions of the users' own that a body calls: by schema and name, or by name alone in its own schema or `public`.
pub(super) fn called<'a>(context: &Context<'a>, routine: &Routine, tokens: &[Token]) -> Vec<&'a Routine> {
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let Some(name) = word(token).filter(|_| tokens.get(at + 1) == Some(&Token::LParen)) else {
            continue;
        };
        let schemas = match at >= 2 && tokens[at - 1] == Token::Period {
            true => word(&tokens[at - 2]).map(Name::from).into_iter().collect::<Vec<_>>(),
            false => vec![routine.id.name.schema.clone(), "public".into()],
        };
        for schema in schemas.into_iter().filter(|schema| context.is_ours(schema)) {
            let named = QName::new(schema, name.as_str());
            let named = context.catalog.routines.group(&named, |row| &row.id.name);
            found.extend(named.iter().filter(|called| called.id != routine.id));
        }
    }
    found.sort_by(|a, b| a.id.cmp(&b.id));
    found.dedup_by(|a, b| a.id == b.id);
    found
}

/// The relations that a body names where one is read or written: by schema and name, or by name alone along its
/// `search_path`, or in `public`.
pub(super) fn relations_named<'a>(context: &Context<'a>, routine: &Routine) -> Vec<&'a QName> {
    let tokens = tokens(routine).unwrap_or_default();
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let is_before = word(token).is_some_and(|word| ["from", "join", "update", "into"].contains(&word.as_str()));
        let Some(first) = tokens.get(at + 1).filter(|_| is_before).and_then(word) else {
            continue;
        };
        let names = match (tokens.get(at + 2), tokens.get(at + 3).and_then(word)) {
            (Some(Token::Period), Some(name)) => vec![QName::new(first, name)],
            _ => {
                let path = search_path(routine).unwrap_or_else(|| vec!["public".into()]);
                path.into_iter()
                    .map(|schema| QName::new(schema, first.as_str()))
                    .collect()
            }
        };
        let there = names.iter().filter_map(|name| context.catalog.relation(name));
        found.extend(there.map(|relation| &relation.row.name));
    }
    found
}

/// Whether a body reads or writes a table: it has one of the words that do.
pub(super) fn touches_tables(tokens: &[Token]) -> bool {
    tokens
        .iter()
        .filter_map(word)
        .any(|word| ["from", "update", "insert", "delete", "perform", "execute"].contains(&word.as_str()))
}

/// The `search_path` that a function runs with, by schema; `None` where it is the caller's.
pub(super) fn search_path(routine: &Routine) -> Option<Vec<Name>> {
    let setting = routine
        .settings
        .iter()
        .find_map(|setting| setting.strip_prefix("search_path="))?;
    let mut path = Vec::new();
    let mut rest = setting.trim();
    while !rest.is_empty() {
        let (part, after) = match rest.strip_prefix('"') {
            Some(quoted) => {
                let end = quoted.find('"').unwrap_or(quoted.len());
                (quoted[..end].to_owned(), quoted.get(end + 1..).unwrap_or_default())
            }
            None => {
                let end = rest.find(',').unwrap_or(rest.len());
                (rest[..end].trim().to_lowercase(), &rest[end..])
            }
        };
        if !part.is_empty() {
            path.push(part.into());
        }
        rest = after.trim_start().trim_start_matches(',').trim_start();
    }
    Some(path)
}

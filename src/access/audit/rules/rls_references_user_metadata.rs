use sqlparser::ast::{AccessExpr, BinaryOperator, Expr, Subscript};

use super::{Rule, functions};
use crate::access::audit::Context;
use crate::access::audit::context::policy_name;
use crate::access::audit::expressions::{self, call, text};
use crate::catalog::routine::Routine;
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "rls-references-user-metadata",
    Severity::Error,
    "Users write their own user_metadata (raw_user_meta_data), at sign-up and at any time after: what a policy grants by \
     it, everybody can grant himself. app_metadata is what only a server writes.",
    look,
);

fn look(context: &Context<'_>) -> Vec<Finding> {
    let findings = context.policies().filter_map(|(policy, _)| {
        let said = context
            .expressions(policy)
            .find_map(|(clause, expr)| Some((clause, written(context, expr, 0)?)));
        let (clause, how) = said?;
        let evidence = if clause == "USING" {
            &policy.using
        } else {
            &policy.check
        };
        let message = format!("its {clause} {how}, which users write themselves");
        Some(
            RULE.about
                .finding(policy_name(policy), message)
                .with_evidence(evidence.clone().unwrap_or_default()),
        )
    });
    findings.collect()
}

/// How an expression reads what users write: itself, or in a function.
fn written(context: &Context<'_>, expr: &Expr, depth: usize) -> Option<String> {
    let mut found = None;
    expressions::any(expr, |part| {
        found = match part {
            Expr::BinaryOp { left, op, right } if is_path(op) && names_it(right) && !is_other_object(left) => {
                Some("reads user_metadata of the token".to_owned())
            }
            Expr::BinaryOp { left, op, right } if !is_other_object(left) && is_asked(op, right) => {
                Some("asks for user_metadata of the token".to_owned())
            }
            Expr::CompoundFieldAccess { root, access_chain }
                if !is_other_object(root) && is_subscript(access_chain) =>
            {
                Some("reads user_metadata of the token".to_owned())
            }
            Expr::Identifier(name) if name.value == "raw_user_meta_data" => Some("reads raw_user_meta_data".to_owned()),
            Expr::CompoundIdentifier(parts) if parts.last().is_some_and(|last| last.value == "raw_user_meta_data") => {
                Some("reads raw_user_meta_data".to_owned())
            }
            _ => call(part).and_then(|call| {
                if call.name.starts_with("jsonb_extract_path") || call.name.starts_with("json_extract_path") {
                    let first = call.arguments.get(1).map(|path| match expressions::strip(path) {
                        Expr::Array(array) => array.elem.first().unwrap_or(path),
                        _ => path,
                    });
                    let is_it = first.is_some_and(names_it) && !is_other_object(call.arguments.first()?);
                    return is_it.then(|| "reads user_metadata of the token".to_owned());
                }
                if call.name.starts_with("jsonb_path_") {
                    let (value, path) = (call.arguments.first()?, call.arguments.get(1)?);
                    let is_it = !is_other_object(value) && text(path).is_some_and(is_json_path);
                    return is_it.then(|| "reads user_metadata of the token".to_owned());
                }
                let routine = context.routine(&call)?;
                in_body(context, routine, depth)
                    .then(|| format!("calls {}, which reads user_metadata", routine.id.name))
            }),
        };
        found.is_some()
    });
    found
}

fn is_path(op: &BinaryOperator) -> bool {
    matches!(
        op,
        BinaryOperator::Arrow | BinaryOperator::LongArrow | BinaryOperator::HashArrow | BinaryOperator::HashLongArrow
    )
}

/// Whether a key or a path of keys begins with it.
fn names_it(key: &Expr) -> bool {
    text(key).is_some_and(|key| {
        let first = key.trim_matches(['{', '}']).split(',').next().unwrap_or_default();
        ["user_metadata", "raw_user_meta_data"].contains(&first.trim().trim_matches('"'))
    })
}

/// Whether an object is asked to contain it, or to match a path to it.
fn is_asked(op: &BinaryOperator, right: &Expr) -> bool {
    match op {
        BinaryOperator::AtArrow => text(right).is_some_and(has_key),
        BinaryOperator::AtAt | BinaryOperator::AtQuestion => text(right).is_some_and(is_json_path),
        _ => false,
    }
}

/// Whether the text of an object has it for a key of its own, not of one within.
fn has_key(object: &str) -> bool {
    let mut depth = 0;
    object.char_indices().any(|(at, character)| {
        match character {
            '{' | '[' => depth += 1,
            '}' | ']' => depth -= 1,
            _ => {}
        }
        depth == 1 && object[at..].starts_with("\"user_metadata\"")
    })
}

fn is_json_path(path: &str) -> bool {
    ["$.user_metadata", "$.\"user_metadata\""]
        .iter()
        .any(|start| path.contains(start))
}

/// Whether `['user_metadata']` is what is taken first.
fn is_subscript(chain: &[AccessExpr]) -> bool {
    matches!(chain.first(), Some(AccessExpr::Subscript(Subscript::Index { index })) if names_it(index))
}

/// Whether the left side is a column, or a part of an object: both may have a key of any name.
fn is_other_object(left: &Expr) -> bool {
    match expressions::strip(left) {
        Expr::Identifier(_) | Expr::CompoundIdentifier(_) => true,
        Expr::BinaryOp { op, .. } => is_path(op),
        _ => false,
    }
}

fn in_body(context: &Context<'_>, routine: &Routine, depth: usize) -> bool {
    if depth > 3 || !context.is_ours(&routine.id.name.schema) {
        return false;
    }
    let Some(tokens) = functions::tokens(routine) else {
        return false;
    };
    let names_it = |token: &sqlparser::tokenizer::Token| match token {
        sqlparser::tokenizer::Token::SingleQuotedString(text) => {
            text.trim_matches(['{', '}']).split(',').next() == Some("user_metadata")
        }
        token => functions::word(token).is_some_and(|word| word == "raw_user_meta_data"),
    };
    tokens.iter().any(names_it)
        || functions::called(context, routine, &tokens)
            .into_iter()
            .any(|called| in_body(context, called, depth + 1))
}

//! Values of three-valued logic (manual, section 9.1), as far as they are known.

use sqlparser::ast::{BinaryOperator, Value as Literal};

/// What an expression comes to.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::access::audit) enum Value {
    /// This boolean.
    Bool(bool),
    /// NULL.
    Null,
    /// This constant, as it is written.
    Constant(String),
    /// Something that is not NULL.
    Present,
    /// It may be anything.
    Unknown,
}

pub(super) fn literal(value: &Literal) -> Value {
    match value {
        Literal::Boolean(value) => Value::Bool(*value),
        Literal::Null => Value::Null,
        Literal::Number(text, _) => Value::Constant(text.clone()),
        Literal::SingleQuotedString(text) | Literal::EscapedStringLiteral(text) => Value::Constant(text.clone()),
        _ => Value::Unknown,
    }
}

/// As `boolin` reads it.
pub(super) fn boolean(text: &str) -> Value {
    match text.to_ascii_lowercase().as_str() {
        "t" | "true" | "y" | "yes" | "on" | "1" => Value::Bool(true),
        "f" | "false" | "n" | "no" | "off" | "0" => Value::Bool(false),
        _ => Value::Unknown,
    }
}

pub(super) fn compared(a: &str, op: &BinaryOperator, b: &str) -> Value {
    use BinaryOperator::{Eq, Gt, GtEq, Lt, LtEq, NotEq};
    let order = match (a.parse::<f64>(), b.parse::<f64>()) {
        (Ok(a), Ok(b)) => a.partial_cmp(&b),
        // How texts are ordered is the collation's business; whether they are the same is not.
        _ if a == b => Some(std::cmp::Ordering::Equal),
        _ => {
            return match op {
                Eq => Value::Bool(false),
                NotEq => Value::Bool(true),
                _ => Value::Unknown,
            };
        }
    };
    let Some(order) = order else { return Value::Unknown };
    Value::Bool(match op {
        Eq => order.is_eq(),
        NotEq => order.is_ne(),
        Lt => order.is_lt(),
        LtEq => order.is_le(),
        Gt => order.is_gt(),
        GtEq => order.is_ge(),
        _ => return Value::Unknown,
    })
}

/// `LIKE` (manual, section 9.7.1), but for patterns that escape something.
pub(super) fn like(text: &str, pattern: &str) -> Value {
    fn matches(text: &[char], pattern: &[char]) -> bool {
        match pattern.split_first() {
            None => text.is_empty(),
            Some(('%', rest)) => (0..=text.len()).any(|at| matches(&text[at..], rest)),
            Some((first, rest)) => text
                .split_first()
                .is_some_and(|(next, after)| (*first == '_' || first == next) && matches(after, rest)),
        }
    }
    if pattern.contains('\\') || pattern.matches('%').count() > 4 {
        return Value::Unknown;
    }
    let chars = |text: &str| text.chars().collect::<Vec<_>>();
    Value::Bool(matches(&chars(text), &chars(pattern)))
}

pub(super) fn is_present(value: &Value) -> bool {
    matches!(value, Value::Bool(_) | Value::Constant(_) | Value::Present)
}

/// What is known as a boolean.
pub(super) fn known(value: Value) -> Value {
    match value {
        Value::Bool(_) => value,
        Value::Null => Value::Bool(false),
        _ => Value::Unknown,
    }
}

pub(super) fn not(value: Value) -> Value {
    match value {
        Value::Bool(value) => Value::Bool(!value),
        Value::Null => Value::Null,
        Value::Present => Value::Present,
        _ => Value::Unknown,
    }
}

pub(super) fn is(value: Value, wanted: bool) -> Value {
    match value {
        Value::Bool(value) => Value::Bool(value == wanted),
        Value::Null => Value::Bool(false),
        _ => Value::Unknown,
    }
}

pub(super) fn is_null(value: Value) -> Value {
    match value {
        Value::Null => Value::Bool(true),
        Value::Unknown => Value::Unknown,
        _ => Value::Bool(false),
    }
}

pub(super) fn and(left: Value, right: Value) -> Value {
    match (left, right) {
        (Value::Bool(false), _) | (_, Value::Bool(false)) => Value::Bool(false),
        (Value::Bool(true), other) | (other, Value::Bool(true)) => other,
        (Value::Null, Value::Null) => Value::Null,
        _ => Value::Unknown,
    }
}

pub(super) fn or(left: Value, right: Value) -> Value {
    match (left, right) {
        (Value::Bool(true), _) | (_, Value::Bool(true)) => Value::Bool(true),
        (Value::Bool(false), other) | (other, Value::Bool(false)) => other,
        (Value::Null, Value::Null) => Value::Null,
        _ => Value::Unknown,
    }
}

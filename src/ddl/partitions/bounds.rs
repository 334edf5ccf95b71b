//! What a partition's bound says of a row, in words that PostgreSQL takes for the bound itself
//! (`get_partition_qual`): a check of them spares it the look at the rows.

use crate::catalog::column::Column;
use crate::catalog::lookup::RelationRef;
use crate::sql::literal;

use super::super::name::{bare, qualified};

/// The condition that `bound` puts on the rows of a partition of `parent`; `None` where it cannot be told for sure.
pub(super) fn condition(parent: RelationRef<'_>, bound: &str) -> Option<String> {
    let (strategy, key) = parent.row.partition_key.as_deref()?.split_once(" (")?;
    let column = |element: &str| parent.columns().iter().find(|column| bare(&column.name) == element);
    let elements = elements(key.strip_suffix(')')?);
    // Behind anything else stands a collation or an operator class.
    if !elements
        .iter()
        .all(|element| column(element).is_some() || element.ends_with(')'))
    {
        return None;
    }
    match (strategy, elements.as_slice()) {
        ("LIST", [element]) => list(element, bound),
        ("RANGE", elements) => range(elements, bound),
        // The bound says nothing of a collation, and so is no check of what has one.
        ("HASH", elements)
            if elements
                .iter()
                .all(|element| column(element).is_some_and(has_no_collation)) =>
        {
            let parent = literal(&qualified(&parent.row.name)).to_string();
            let numbers = bound.strip_prefix("FOR VALUES WITH (modulus ")?.strip_suffix(')')?;
            let (modulus, remainder) = numbers.split_once(", remainder ")?;
            let keys = elements.join(", ");
            Some(format!(
                "satisfies_hash_partition({parent}::regclass, {modulus}, {remainder}, {keys})"
            ))
        }
        _ => None,
    }
}

/// Whether the column's type is one of PostgreSQL's own that are never compared by a collation.
fn has_no_collation(column: &Column) -> bool {
    let data_type = column.data_type.as_str();
    let plain = [
        "smallint", "integer", "bigint", "oid", "uuid", "date", "boolean", "numeric", "inet", "bytea",
    ];
    plain.contains(&data_type) || data_type.starts_with("timestamp") || data_type.starts_with("numeric(")
}

/// The columns and expressions of a key.
fn elements(key: &str) -> Vec<&str> {
    let (mut elements, mut start, mut depth) = (Vec::new(), 0, 0);
    let mut quote = None;
    for (at, c) in key.char_indices() {
        match (quote, c) {
            (Some(open), _) if open == c => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '(' | '[') => depth += 1,
            (None, ')' | ']') => depth -= 1,
            (None, ',') if depth == 0 => {
                elements.push(key[start..at].trim());
                start = at + 1;
            }
            (None, _) => {}
        }
    }
    elements.push(key[start..].trim());
    elements
}

/// `FOR VALUES FROM (1, 'a') TO (10, 'b')`: what both ends have in common is equal, and the rest is compared one by one.
fn range(keys: &[&str], bound: &str) -> Option<String> {
    let (lower, rest) = values(bound.strip_prefix("FOR VALUES FROM (")?)?;
    let (upper, rest) = values(rest.strip_prefix(" TO (")?)?;
    if [lower.len(), upper.len()] != [keys.len(); 2] || !rest.is_empty() {
        return None;
    }
    let mut conditions = keys.iter().map(|key| format!("{key} IS NOT NULL")).collect::<Vec<_>>();
    let both = lower.iter().zip(&upper);
    let common = both.take_while(|(a, b)| a == b && !is_open(a)).count();
    conditions.extend((0..common).map(|at| format!("{} = {}", keys[at], constant(lower[at]))));
    for (values, end) in [(&lower, End::Lower), (&upper, End::Upper)] {
        let arms = arms(&keys[common..], &values[common..], end);
        match arms.as_slice() {
            [] => {}
            [one] => conditions.push(one.clone()),
            several => conditions.push(format!("(({}))", several.join(") OR ("))),
        }
    }
    Some(conditions.join(" AND "))
}

/// An end of a range.
#[derive(Clone, Copy, PartialEq)]
enum End {
    Lower,
    Upper,
}

/// The ways in which a row can be within an end: by the first value, or by the second where the first is equal, and so on,
/// until one has no limit.
fn arms(keys: &[&str], values: &[&str], end: End) -> Vec<String> {
    let mut arms = Vec::new();
    for (at, value) in values.iter().enumerate() {
        if is_open(value) {
            break;
        }
        let next = values.get(at + 1).copied();
        let operator = match (end, next) {
            (End::Lower, None | Some("MINVALUE")) => ">=",
            (End::Lower, _) => ">",
            (End::Upper, Some("MAXVALUE")) => "<=",
            (End::Upper, _) => "<",
        };
        let equal = (0..at).map(|before| format!("{} = {}", keys[before], constant(values[before])));
        let last = format!("{} {operator} {}", keys[at], constant(value));
        arms.push(equal.chain([last]).collect::<Vec<_>>().join(" AND "));
    }
    arms
}

fn is_open(value: &str) -> bool {
    matches!(value, "MINVALUE" | "MAXVALUE")
}

/// `FOR VALUES IN ('a', 'b', NULL)`.
fn list(key: &str, bound: &str) -> Option<String> {
    let (values, rest) = values(bound.strip_prefix("FOR VALUES IN (")?)?;
    let (nulls, values) = values.into_iter().partition::<Vec<_>, _>(|value| *value == "NULL");
    let values = values.into_iter().map(constant).collect::<Vec<_>>();
    let is_one = format!("{key} IN ({})", values.join(", "));
    match (nulls.is_empty(), values.is_empty(), rest) {
        (true, false, "") => Some(format!("{key} IS NOT NULL AND {is_one}")),
        (false, false, "") => Some(format!("{key} IS NULL OR {is_one}")),
        (false, true, "") => Some(format!("{key} IS NULL")),
        _ => None,
    }
}

/// A value whose type is the key's, whatever it looks like.
fn constant(value: &str) -> String {
    match value.starts_with('\'') {
        true => value.to_owned(),
        false => format!("'{value}'"),
    }
}

/// The values up to the closing parenthesis, and what follows it.
fn values(text: &str) -> Option<(Vec<&str>, &str)> {
    let mut values = Vec::new();
    let mut rest = text;
    loop {
        let end = match rest.strip_prefix('\'') {
            Some(quoted) => 1 + end_of_quoted(quoted)?,
            None => rest.find([',', ')'])?,
        };
        values.push(&rest[..end]);
        rest = &rest[end..];
        match rest.strip_prefix(", ") {
            Some(more) => rest = more,
            None => return Some((values, rest.strip_prefix(')')?)),
        }
    }
}

/// The place behind the quote that ends a string; doubled ones are part of it.
fn end_of_quoted(text: &str) -> Option<usize> {
    let mut at = 0;
    loop {
        at += text[at..].find('\'')? + 1;
        match text[at..].strip_prefix('\'') {
            Some(_) => at += 1,
            None => return Some(at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_taken_apart() {
        assert_eq!(elements("a, b"), ["a", "b"]);
        assert_eq!(
            elements("concat(a, 'x, (y'), \"odd, one\", (b + 1)"),
            ["concat(a, 'x, (y')", "\"odd, one\"", "(b + 1)"]
        );
    }

    #[test]
    fn bounds_become_conditions() {
        let day = |bound| range(&["day"], bound);
        assert_eq!(
            day("FOR VALUES FROM ('2020-01-01') TO (MAXVALUE)").as_deref(),
            Some("day IS NOT NULL AND day >= '2020-01-01'")
        );
        assert_eq!(
            day("FOR VALUES FROM (MINVALUE) TO (10)").as_deref(),
            Some("day IS NOT NULL AND day < '10'")
        );
        assert_eq!(
            day("FOR VALUES FROM ('a'') TO (') TO ('b')").as_deref(),
            Some("day IS NOT NULL AND day >= 'a'') TO (' AND day < 'b'")
        );
        assert_eq!(day("FOR VALUES FROM (1, 2) TO (3, 4)"), None);
        assert_eq!(day("DEFAULT"), None);
        let both =
            |bound: &str| range(&["a", "b"], bound).map(|text| text.replace("a IS NOT NULL AND b IS NOT NULL", "…"));
        for (bound, wanted) in [
            ("(1, 2) TO (1, 4)", "… AND a = '1' AND b >= '2' AND b < '4'"),
            (
                "(1, 2) TO (3, 4)",
                "… AND ((a > '1') OR (a = '1' AND b >= '2')) AND ((a < '3') OR (a = '3' AND b < '4'))",
            ),
            ("(1, MINVALUE) TO (3, MAXVALUE)", "… AND a >= '1' AND a <= '3'"),
            ("(1, MAXVALUE) TO (3, MINVALUE)", "… AND a > '1' AND a < '3'"),
            ("(1, MINVALUE) TO (1, 5)", "… AND a = '1' AND b < '5'"),
            ("(MINVALUE, MINVALUE) TO (MAXVALUE, MAXVALUE)", "…"),
        ] {
            assert_eq!(
                both(&format!("FOR VALUES FROM {bound}")).as_deref(),
                Some(wanted),
                "{bound}"
            );
        }
        let kind = |bound| list("kind", bound);
        assert_eq!(
            kind("FOR VALUES IN ('a', 'it''s', true)").as_deref(),
            Some("kind IS NOT NULL AND kind IN ('a', 'it''s', 'true')")
        );
        assert_eq!(
            kind("FOR VALUES IN ('a', NULL)").as_deref(),
            Some("kind IS NULL OR kind IN ('a')")
        );
        assert_eq!(kind("FOR VALUES IN (NULL)").as_deref(), Some("kind IS NULL"));
        assert_eq!(kind("FOR VALUES WITH (modulus 2, remainder 0)"), None);
    }
}

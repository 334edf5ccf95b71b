//! What PostgreSQL's own functions make of arguments that are not null. Being strict says only what a null argument
//! does: `jsonb -> 'key'` is strict, and null for a key that is not there.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::Facts;
use super::node_tree::Value;
use super::scope::is_constant;

/// When a function is null.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nulls {
    /// Nobody knows.
    Perhaps,
    /// Never, whatever the arguments.
    Never,
    /// Only where the first argument is.
    WithFirst,
    /// Only where all arguments are.
    WithAll,
    /// Only where any argument is.
    WithAny,
    /// As [`Nulls::WithAny`], but also for infinity, unless the field asked for only grows with time.
    WithAnyOrCyclicField,
}

/// When the function with that OID is null.
pub(super) fn nulls_of(oid: Option<u32>, facts: &Facts) -> Nulls {
    let Some(oid) = oid else { return Nulls::Perhaps };
    match BUILT_IN.get(&oid) {
        Some((nulls, _)) => *nulls,
        None if facts.total_functions.contains(&oid) => Nulls::WithAny,
        None => Nulls::Perhaps,
    }
}

/// Whether the function is not null for arguments that are not.
pub(super) fn is_total(oid: Option<u32>, facts: &Facts) -> bool {
    !matches!(nulls_of(oid, facts), Nulls::Perhaps | Nulls::WithAnyOrCyclicField)
}

/// How many of its first columns a set-returning function never leaves null in a row that it returns.
pub(super) fn set_columns(oid: Option<u32>) -> usize {
    match oid {
        // generate_series, generate_subscripts, unnest(anymultirange), regexp_matches, regexp_split_to_table,
        // json[b]_array_elements, json[b]_object_keys, jsonb_path_query.
        Some(
            938
            | 939
            | 1066..=1069
            | 3259
            | 3260
            | 6274
            | 1191
            | 1192
            | 1293
            | 2763..=2766
            | 3219
            | 3955
            | 3931
            | 3957
            | 4006
            | 1179,
        ) => 1,
        // json[b]_each; the value is JSON, whose null is a value.
        Some(3208 | 3958) => 2,
        // json[b]_each_text: the key. unnest(tsvector): the lexeme.
        Some(3932 | 3959 | 3322) => 1,
        _ => 0,
    }
}

/// Whether a constant field name of `extract` grows with time, so that infinity has an answer.
pub(super) fn is_monotonic(field: Value<'_>) -> bool {
    const FIELDS: [&[u8]; 7] = [
        b"epoch",
        b"year",
        b"isoyear",
        b"decade",
        b"century",
        b"millennium",
        b"julian",
    ];
    // A text value starts with four bytes of length.
    let bytes = field.field("constvalue").datum();
    is_constant(field) && bytes.get(4..).is_some_and(|name| FIELDS.contains(&name))
}

static BUILT_IN: LazyLock<BTreeMap<u32, (Nulls, &'static str)>> = LazyLock::new(|| {
    let mut nulls = Nulls::Perhaps;
    let mut known = BTreeMap::new();
    for line in include_str!("functions.txt").lines() {
        match line {
            "[never]" => nulls = Nulls::Never,
            "[with-first]" => nulls = Nulls::WithFirst,
            "[with-all]" => nulls = Nulls::WithAll,
            "[with-any]" => nulls = Nulls::WithAny,
            "[with-any-or-cyclic-field]" => nulls = Nulls::WithAnyOrCyclicField,
            _ => {
                if let Some((oid, signature)) = line.split_once(' ')
                    && let Ok(oid) = oid.parse()
                {
                    known.insert(oid, (nulls, signature));
                }
            }
        }
    }
    known
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_read_whole() {
        let text = include_str!("functions.txt");
        let lines = text
            .lines()
            .filter(|line| line.starts_with(|first: char| first.is_ascii_digit()))
            .count();
        assert_eq!(BUILT_IN.len(), lines, "an OID stands twice");
        assert!(BUILT_IN.values().all(|(nulls, _)| *nulls != Nulls::Perhaps));
        assert_eq!(BUILT_IN[&870], (Nulls::WithAny, "lower(text)"));
        assert_eq!(BUILT_IN[&3058], (Nulls::Never, "concat(\"any\")"));
    }
}

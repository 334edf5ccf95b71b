//! PostgreSQL's lexical rules: identifiers and literals (manual, section 4.1).

#[cfg(feature = "lint")]
pub(crate) mod calls;
#[cfg(feature = "checks")]
pub(crate) mod parse;
#[cfg(feature = "lint")]
pub(crate) mod tree;

use std::fmt;

/// Shows `name` as an identifier that PostgreSQL reads back as it is: quoted only where it must be.
pub fn identifier(name: &str) -> impl fmt::Display + '_ {
    Identifier(name)
}

/// Shows `text` as a string constant under `standard_conforming_strings`.
pub fn literal(text: &str) -> impl fmt::Display + '_ {
    Literal(text)
}

/// Shows `value` as a constant of a type, as PostgreSQL names it; `None` is NULL.
pub fn typed(value: Option<&str>, data_type: &str) -> String {
    match value {
        Some(value) => format!("{}::{data_type}", literal(value)),
        None => format!("NULL::{data_type}"),
    }
}

/// Shows a parameter of a prepared statement, with its type where the server shall not find it out.
pub fn parameter(number: usize, data_type: Option<&str>) -> String {
    match data_type {
        Some(data_type) => format!("${number}::{data_type}"),
        None => format!("${number}"),
    }
}

/// The command that gives a setting a value until the transaction ends. Unlike `set_config` it takes no snapshot.
pub fn set_local(setting: &str, value: &str) -> String {
    format!("SET LOCAL {setting} = {}", literal(value))
}

struct Identifier<'a>(&'a str);

impl fmt::Display for Identifier<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if is_plain(self.0) {
            return f.write_str(self.0);
        }
        write!(f, "\"{}\"", self.0.replace('"', "\"\""))
    }
}

struct Literal<'a>(&'a str);

impl fmt::Display for Literal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "'{}'", self.0.replace('\'', "''"))
    }
}

/// Whether `name` needs no quotes as part of a dotted name in a snapshot or message, where a reserved word is no keyword.
fn is_plain(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes
        .next()
        .is_some_and(|first| first.is_ascii_lowercase() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_' || byte == b'$')
}

/// Shows `name` as an identifier that is no keyword: where it stands alone, or first.
pub fn keyword_safe(name: &str) -> impl fmt::Display + '_ {
    KeywordSafe(name)
}

struct KeywordSafe<'a>(&'a str);

impl fmt::Display for KeywordSafe<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if KEYWORDS.binary_search(&self.0).is_ok() {
            return write!(f, "\"{}\"", self.0);
        }
        identifier(self.0).fmt(f)
    }
}

/// The words that a column, table or role is not called without quotes: every keyword of PostgreSQL 13 to 18 that is
/// not unreserved (`kwlist.h`), sorted.
#[rustfmt::skip]
const KEYWORDS: &[&str] = &[
    "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "authorization", "between",
    "bigint", "binary", "bit", "boolean", "both", "case", "cast", "char", "character", "check", "coalesce", "collate",
    "collation", "column", "concurrently", "constraint", "create", "cross", "current_catalog", "current_date",
    "current_role", "current_schema", "current_time", "current_timestamp", "current_user", "dec", "decimal",
    "default", "deferrable", "desc", "distinct", "do", "else", "end", "except", "exists", "extract", "false", "fetch",
    "float", "for", "foreign", "freeze", "from", "full", "grant", "greatest", "group", "grouping", "having", "ilike",
    "in", "initially", "inner", "inout", "int", "integer", "intersect", "interval", "into", "is", "isnull", "join",
    "json", "json_array", "json_arrayagg", "json_exists", "json_object", "json_objectagg", "json_query",
    "json_scalar", "json_serialize", "json_table", "json_value", "lateral", "leading", "least", "left", "like",
    "limit", "localtime", "localtimestamp", "merge_action", "national", "natural", "nchar", "none", "normalize",
    "not", "notnull", "null", "nullif", "numeric", "offset", "on", "only", "or", "order", "out", "outer", "overlaps",
    "overlay", "placing", "position", "precision", "primary", "real", "references", "returning", "right", "row",
    "select", "session_user", "setof", "similar", "smallint", "some", "substring", "symmetric", "system_user",
    "table", "tablesample", "then", "time", "timestamp", "to", "trailing", "treat", "trim", "true", "union", "unique",
    "user", "using", "values", "varchar", "variadic", "verbose", "when", "where", "window", "with", "xmlattributes",
    "xmlconcat", "xmlelement", "xmlexists", "xmlforest", "xmlnamespaces", "xmlparse", "xmlpi", "xmlroot",
    "xmlserialize", "xmltable",
];

/// Splits a dotted name into its parts, reading quoted ones as PostgreSQL does but folding nothing: `public.Users` is
/// taken as it is written. `None` where a quote is left open or a part is empty without quotes.
pub fn split_name(text: &str) -> Option<Vec<String>> {
    let mut parts = Vec::new();
    let mut rest = text;
    loop {
        let (part, after) = match rest.strip_prefix('"') {
            Some(quoted) => read_quoted(quoted)?,
            None => {
                let end = rest.find('.').unwrap_or(rest.len());
                if end == 0 || rest[..end].contains('"') {
                    return None;
                }
                (rest[..end].to_owned(), &rest[end..])
            }
        };
        parts.push(part);
        if after.is_empty() {
            return Some(parts);
        }
        rest = after.strip_prefix('.')?;
    }
}

/// Reads up to the closing quote; gives the part and what follows the quote.
fn read_quoted(text: &str) -> Option<(String, &str)> {
    let mut part = String::new();
    let mut rest = text;
    loop {
        let end = rest.find('"')?;
        part.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        match rest.strip_prefix('"') {
            Some(after) => {
                part.push('"');
                rest = after;
            }
            None => return Some((part, rest)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_survive_the_round_trip() {
        for name in [
            "users",
            "Mixed Case",
            "a\"b",
            "a.b",
            "1st",
            "",
            "ünï",
            "a$b",
            "new\nline",
        ] {
            let text = format!("{}.{}", identifier("public"), identifier(name));
            assert_eq!(
                split_name(&text),
                Some(vec!["public".to_owned(), name.to_owned()]),
                "{text}"
            );
        }
    }

    #[test]
    fn broken_names_are_refused() {
        for text in ["", ".", "a.", ".a", "a..b", "\"a", "a\"b\"", "\"a\"b"] {
            assert_eq!(split_name(text), None, "{text}");
        }
    }

    #[test]
    fn keywords_are_quoted_where_they_stand_alone() {
        assert!(KEYWORDS.is_sorted());
        assert_eq!(keyword_safe("user").to_string(), "\"user\"");
        assert_eq!(keyword_safe("users").to_string(), "users");
        assert_eq!(keyword_safe("User").to_string(), "\"User\"");
        assert_eq!(identifier("user").to_string(), "user");
    }

    #[test]
    fn literals_double_their_quotes() {
        assert_eq!(literal("it's").to_string(), "'it''s'");
        assert_eq!(set_local("lock_timeout", "5s"), "SET LOCAL lock_timeout = '5s'");
    }
}

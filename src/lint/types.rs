//! Data types as they are written, and what a change from one to another does to stored values.

use std::fmt;

use squawk_syntax::{SyntaxKind, SyntaxNode};

use crate::catalog::Name;
use crate::ddl::Retyping;
use crate::sql;

use super::read::tree::{children, has, kid, path};

/// A type by the name that `format_type` gives it, with what stands in parentheses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TypeName {
    pub(super) schema: Option<Name>,
    pub(super) name: Name,
    pub(super) modifiers: Vec<String>,
    pub(super) array: bool,
    /// Whether it is `serial` and the like: no type, but a column with a sequence.
    pub(super) serial: bool,
}

impl TypeName {
    fn builtin(name: &str) -> Self {
        Self {
            schema: None,
            name: name.into(),
            modifiers: Vec::new(),
            array: false,
            serial: false,
        }
    }

    /// Whether it is this type of PostgreSQL's own, with whatever modifiers, and no array.
    pub(super) fn is(&self, name: &str) -> bool {
        self.has_element(name) && !self.array
    }

    /// Whether it is this type of PostgreSQL's own, or an array of it.
    pub(super) fn has_element(&self, name: &str) -> bool {
        self.name == name && self.schema.as_deref().is_none_or(|schema| schema == "pg_catalog")
    }

    /// The type as it is written in a tree.
    pub(super) fn read(node: &SyntaxNode) -> Self {
        let zoned = |name: &str| match kid(node, SyntaxKind::WITH_TIMEZONE) {
            Some(_) => format!("{name} with time zone"),
            None => format!("{name} without time zone"),
        };
        let mut read = match node.kind() {
            SyntaxKind::ARRAY_TYPE => {
                let inner = children(node).find(|child| is_type(child.kind()));
                let mut element = inner.map_or_else(|| Self::builtin("unknown"), |inner| Self::read(&inner));
                element.array = true;
                return element;
            }
            SyntaxKind::VARCHAR_TYPE => Self::builtin("character varying"),
            SyntaxKind::CHARACTER_TYPE => {
                let mut read = Self::builtin("character");
                read.modifiers.push("1".to_owned());
                read
            }
            SyntaxKind::BIT_TYPE => {
                let mut read = Self::builtin("bit");
                read.modifiers.push("1".to_owned());
                read
            }
            SyntaxKind::BIT_VARYING_TYPE => Self::builtin("bit varying"),
            SyntaxKind::DOUBLE_TYPE => Self::builtin("double precision"),
            SyntaxKind::TIME_TYPE => Self::builtin(&zoned("time")),
            SyntaxKind::TIMESTAMP_TYPE => Self::builtin(&zoned("timestamp")),
            SyntaxKind::INTERVAL_TYPE => Self::builtin("interval"),
            _ => {
                let written = path(node);
                let name = written.as_ref().map_or("unknown", |path| path.name.as_str());
                let schema = written.as_ref().and_then(|path| path.schema.clone());
                // A quoted name is no alias: "int" is a type of that very name, and "char" a type of one byte.
                let is_quoted = node.first_token().is_some_and(|token| token.text().starts_with('"'));
                match canonical(name).filter(|_| schema.is_none() && !is_quoted) {
                    Some((canonical, serial)) => Self {
                        serial,
                        ..Self::builtin(canonical)
                    },
                    None if is_quoted && name == "char" => Self::builtin("\"char\""),
                    None => Self {
                        schema,
                        ..Self::builtin(name)
                    },
                }
            }
        };
        if let Some(list) = kid(node, SyntaxKind::ARG_LIST) {
            read.modifiers = children(&list)
                .filter(|child| child.kind() == SyntaxKind::ARG)
                .map(|argument| argument.text().to_string().trim().to_owned())
                .collect();
        } else if let Some(precision) = kid(node, SyntaxKind::LITERAL)
            && has(node, SyntaxKind::L_PAREN)
        {
            read.modifiers = vec![precision.text().to_string()];
        }
        if read.name == "float" {
            let bits = read.modifiers.first().and_then(|bits| bits.parse::<u32>().ok());
            read = Self::builtin(if bits.is_some_and(|bits| bits <= 24) {
                "real"
            } else {
                "double precision"
            });
        }
        read
    }

    /// The type that `format_type` gave this text for.
    pub(super) fn parse(text: &str) -> Self {
        let (text, array) = match text.strip_suffix("[]") {
            Some(element) => (element, true),
            None => (text, false),
        };
        let (name, modifiers) = match (text.find('('), text.find(')')) {
            (Some(start), Some(end)) if start < end && !text.contains('"') => {
                let modifiers = text[start + 1..end].split(',').map(|part| part.trim().to_owned());
                (format!("{}{}", &text[..start], &text[end + 1..]), modifiers.collect())
            }
            _ => (text.to_owned(), Vec::new()),
        };
        let is_builtin = !name.contains('.') || name.contains(' ');
        let (schema, name) = match sql::split_name(&name).as_deref() {
            Some([schema, name]) if !is_builtin || !name.contains(' ') => (Some(schema.as_str().into()), name.clone()),
            _ if name == "bpchar" => (None, "character".to_owned()),
            _ => (None, name),
        };
        Self {
            schema,
            name: name.into(),
            modifiers,
            array,
            serial: false,
        }
    }
}

impl fmt::Display for TypeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(schema) = &self.schema {
            write!(f, "{}.", sql::identifier(schema))?;
        }
        match self.name.split_once(" with") {
            Some((name, zone)) if !self.modifiers.is_empty() => {
                write!(f, "{name}({}) with{zone}", self.modifiers.join(","))?;
            }
            _ => {
                f.write_str(&self.name)?;
                if !self.modifiers.is_empty() {
                    write!(f, "({})", self.modifiers.join(","))?;
                }
            }
        }
        f.write_str(if self.array { "[]" } else { "" })
    }
}

/// Whether a node is a type.
pub(super) fn is_type(kind: SyntaxKind) -> bool {
    matches!(
        kind,
        SyntaxKind::ARRAY_TYPE
            | SyntaxKind::PATH_TYPE
            | SyntaxKind::VARCHAR_TYPE
            | SyntaxKind::CHARACTER_TYPE
            | SyntaxKind::BIT_TYPE
            | SyntaxKind::BIT_VARYING_TYPE
            | SyntaxKind::DOUBLE_TYPE
            | SyntaxKind::TIME_TYPE
            | SyntaxKind::TIMESTAMP_TYPE
            | SyntaxKind::INTERVAL_TYPE
    )
}

/// PostgreSQL's own name for one of its types, and whether it is written as a `serial`.
fn canonical(name: &str) -> Option<(&'static str, bool)> {
    Some(match name {
        "int" | "int4" | "integer" => ("integer", false),
        "int8" | "bigint" => ("bigint", false),
        "int2" | "smallint" => ("smallint", false),
        "serial" | "serial4" => ("integer", true),
        "bigserial" | "serial8" => ("bigint", true),
        "smallserial" | "serial2" => ("smallint", true),
        "float" => ("float", false),
        "float4" | "real" => ("real", false),
        "float8" => ("double precision", false),
        "bool" | "boolean" => ("boolean", false),
        "decimal" | "dec" | "numeric" => ("numeric", false),
        "varchar" => ("character varying", false),
        "bpchar" => ("character", false),
        "varbit" => ("bit varying", false),
        "timestamptz" => ("timestamp with time zone", false),
        "timestamp" => ("timestamp without time zone", false),
        "timetz" => ("time with time zone", false),
        "time" => ("time without time zone", false),
        _ => return None,
    })
}

/// What becomes of stored values of PostgreSQL's own types (manual, `ALTER TABLE`, notes): tests watch a server do it.
/// `is_utc` says that the session's time zone is UTC, which makes a timestamp with and without zone the same bytes.
pub(super) fn retyping(old: &TypeName, new: &TypeName, is_utc: bool) -> Retyping {
    if old == new {
        return Retyping::Nothing;
    }
    // Arrays are taken apart and put together again, whatever is in them.
    if old.array || new.array {
        return Retyping::Values;
    }
    if old.name == new.name && old.schema == new.schema {
        return if keeps_values(old, new) {
            Retyping::Nothing
        } else {
            Retyping::Values
        };
    }
    let has_limit = !new.modifiers.is_empty();
    match (old.name.as_str(), new.name.as_str()) {
        ("text" | "character varying" | "xml", "text" | "character varying") if !has_limit => Retyping::Nothing,
        ("text" | "character varying", "citext") => Retyping::Indexes,
        ("citext", "text" | "character varying") if !has_limit => Retyping::Indexes,
        ("text" | "character varying" | "xml", "character") if !has_limit => Retyping::Indexes,
        ("cidr", "inet") => Retyping::Nothing,
        ("bit", "bit varying") | ("bit varying", "bit") if !has_limit => Retyping::Indexes,
        ("integer", "oid" | "regclass" | "regtype" | "regproc" | "regrole" | "regnamespace") => Retyping::Indexes,
        ("timestamp without time zone", "timestamp with time zone")
        | ("timestamp with time zone", "timestamp without time zone")
            // The change of the zone forgets how precise the old type was.
            if is_utc && has_all_digits(new) =>
        {
            Retyping::Indexes
        }
        _ => Retyping::Values,
    }
}

/// Whether every value of a type is one of the same type with other modifiers, as PostgreSQL can tell without looking.
fn keeps_values(old: &TypeName, new: &TypeName) -> bool {
    let number =
        |type_name: &TypeName, at: usize| type_name.modifiers.get(at).and_then(|text| text.parse::<i32>().ok());
    if new.modifiers.is_empty() {
        return true;
    }
    match old.name.as_str() {
        "character varying" | "bit varying" => match (number(old, 0), number(new, 0)) {
            (Some(before), Some(after)) => before <= after,
            _ => false,
        },
        "numeric" => match (number(old, 0), number(new, 0)) {
            (Some(before), Some(after)) => {
                before <= after && number(old, 1).unwrap_or(0) == number(new, 1).unwrap_or(0)
            }
            _ => false,
        },
        name if name.starts_with("time") || name == "interval" => keeps_precision(old, new),
        _ => false,
    }
}

/// How many digits a fraction of a second has at the most.
const ALL_DIGITS: i32 = 6;

/// Whether no digit of a fraction of a second is lost.
fn keeps_precision(old: &TypeName, new: &TypeName) -> bool {
    matches!((digits(old), digits(new)), (Some(before), Some(after)) if before <= after)
}

fn has_all_digits(type_name: &TypeName) -> bool {
    digits(type_name) == Some(ALL_DIGITS)
}

fn digits(type_name: &TypeName) -> Option<i32> {
    match type_name.modifiers.first() {
        Some(said) => said.parse().ok(),
        None => Some(ALL_DIGITS),
    }
}

//! How the values of a column become those of another type.

mod shape;

use crate::catalog::column::Column;
use crate::catalog::types::TypeKind;
use crate::catalog::{Catalog, Name};

use super::World;
use super::name::bare;
pub(super) use shape::{bounded, changes as changes_shape, from_json, helper};

/// How values get from one type to another.
pub(super) struct Conversion {
    /// The expression for `USING`; `None` where PostgreSQL has an assignment cast.
    pub(super) using: Option<String>,
    /// The function that the expression calls, where no expression will do.
    pub(super) helper: Option<shape::Helper>,
    /// Whether the stored values stay as they are.
    pub(super) is_binary: bool,
    /// Whether there may be values that the new type does not hold.
    pub(super) may_lose: bool,
}

/// The conversion of a column's values from the old type to the new one, which may have the same name.
pub(super) fn between(old: &Column, new: &Column, world: &World<'_>) -> Conversion {
    let (from, to) = (base(&old.data_type, world.from), base(&new.data_type, world.to));
    let column = bare(&new.name);
    let is_collation_only = old.data_type == new.data_type && old.collation != new.collation;
    if is_collation_only && is_builtin(&new.data_type, world.to) {
        return Conversion {
            using: None,
            helper: None,
            is_binary: true,
            may_lose: false,
        };
    }
    let (from_kind, to_kind) = (kind(&from), kind(&to));
    let target = &new.data_type;
    let mut helper = None;
    let by_assignment = from_kind != Kind::Other && (from_kind == to_kind || to_kind == Kind::Text);
    let using = if by_assignment {
        None
    } else if shape::changes(&old.data_type, &new.data_type, world) {
        let expression = shape::expression(&column, &old.data_type, &new.data_type, world);
        Some(expression.unwrap_or_else(|| {
            let function = helper.insert(shape::helper(target));
            let reshaped = format!("{}(to_jsonb({column}))", function.name);
            match is_array(target, world.to) {
                true => bounded(&reshaped, &format!("array_dims({column})"), target),
                false => reshaped,
            }
        }))
    } else if from_kind == Kind::Text
        || to_kind == Kind::Text
        || matches!(
            (from.as_str(), to.as_str()),
            ("integer", "boolean") | ("boolean", "integer")
        )
    {
        Some(format!("{column}::{target}"))
    } else if to.ends_with("[]") && from.ends_with("[]") {
        Some(format!("{column}::text[]::{target}"))
    } else if to.strip_suffix("[]") == Some(from.as_str()) {
        // A type of the user's may be one that made room for its successor, which only text gets to.
        let element = if is_builtin(target, world.to) {
            column
        } else {
            format!("{column}::text")
        };
        Some(format!(
            "CASE WHEN {element} IS NOT NULL THEN ARRAY[{element}] END::{target}"
        ))
    } else {
        Some(format!("{column}::text::{target}"))
    };
    Conversion {
        using,
        helper,
        is_binary: is_widening(&old.data_type, &new.data_type),
        may_lose: !(from_kind == to_kind && widens(&from, &to)) && to != "text",
    }
}

/// Whether PostgreSQL turns values of one type into the other by itself where they are assigned.
pub(super) fn is_assigned(old: &Name, new: &Name, world: &World<'_>) -> bool {
    let (from, to) = (kind(&base(old, world.from)), kind(&base(new, world.to)));
    old == new || from != Kind::Other && (from == to || to == Kind::Text)
}

/// The type under all domains.
pub(super) fn base(sql: &Name, catalog: &Catalog) -> String {
    let mut sql = sql.clone();
    loop {
        let domain = catalog
            .data_type(&sql)
            .filter(|data_type| !data_type.array)
            .and_then(|data_type| catalog.user_type(&data_type.name));
        match domain.map(|row| &row.kind) {
            Some(TypeKind::Domain { base, .. }) => sql = base.clone(),
            _ => return unmodified(&sql),
        }
    }
}

/// The type without its modifiers: `numeric` for `numeric(10,2)`.
fn unmodified(sql: &str) -> String {
    match (sql.find('('), sql.rfind(')')) {
        (Some(start), Some(end)) if start < end && !sql.contains('"') => {
            format!("{}{}", &sql[..start], &sql[end + 1..])
        }
        _ => sql.to_owned(),
    }
}

/// Types that turn into each other by assignment.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
    Moment,
    Json,
    Bits,
    Address,
    Other,
}

fn kind(base: &str) -> Kind {
    match base {
        "text" | "character varying" | "character" | "name" | "\"char\"" => Kind::Text,
        "smallint" | "integer" | "bigint" | "numeric" | "real" | "double precision" => Kind::Number,
        "date" | "timestamp without time zone" | "timestamp with time zone" => Kind::Moment,
        "json" | "jsonb" => Kind::Json,
        "bit" | "bit varying" => Kind::Bits,
        "inet" | "cidr" => Kind::Address,
        _ => Kind::Other,
    }
}

/// Whether every value of one type is one of the other.
fn widens(from: &str, to: &str) -> bool {
    const NUMBERS: &[&str] = &["smallint", "integer", "bigint", "numeric"];
    let place = |base: &str| NUMBERS.iter().position(|number| *number == base);
    match (place(from), place(to)) {
        (Some(from), Some(to)) => from <= to,
        _ => matches!(
            (from, to),
            (_, "text") | ("json", "jsonb") | ("date", "timestamp without time zone" | "timestamp with time zone")
        ),
    }
}

/// Whether the stored values stay as they are (manual, `ALTER TABLE`, notes).
fn is_widening(from: &str, to: &str) -> bool {
    let limit = |sql: &str| -> Option<u32> {
        let inside = sql.strip_prefix("character varying(")?.strip_suffix(')')?;
        inside.parse().ok()
    };
    match (from, to) {
        (_, "text" | "character varying") if from == "text" || from.starts_with("character varying") => true,
        _ => matches!((limit(from), limit(to)), (Some(before), Some(after)) if before <= after),
    }
}

/// Whether the type is an array itself, no domain over one.
pub(super) fn is_array(sql: &Name, catalog: &Catalog) -> bool {
    catalog.data_type(sql).is_some_and(|data_type| data_type.array)
}

fn is_builtin(sql: &Name, catalog: &Catalog) -> bool {
    catalog.type_object(sql).is_none()
}

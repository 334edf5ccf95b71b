//! How the values of a column become those of another type.

use crate::catalog::column::Column;
use crate::catalog::types::{Attribute, TypeKind};
use crate::catalog::{Catalog, Name};

use super::World;
use super::columns::attributes;
use super::name::bare;

/// How values get from one type to another.
pub(super) struct Conversion {
    /// The expression for `USING`; `None` where PostgreSQL has an assignment cast.
    pub(super) using: Option<String>,
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
            is_binary: true,
            may_lose: false,
        };
    }
    let (from_kind, to_kind) = (kind(&from), kind(&to));
    let by_assignment = from_kind == to_kind && from_kind != Kind::Other;
    let target = &new.data_type;
    let using = if by_assignment || to_kind == Kind::Text && from_kind != Kind::Other {
        None
    } else if let Some(fields) = composite(old, new, world) {
        Some(fields)
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
        Some(format!(
            "CASE WHEN {column} IS NOT NULL THEN ARRAY[{column}] END::{target}"
        ))
    } else {
        Some(format!("{column}::text::{target}"))
    };
    Conversion {
        using,
        is_binary: is_widening(&old.data_type, &new.data_type),
        may_lose: !(from_kind == to_kind && widens(&from, &to)) && to != "text",
    }
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

fn is_builtin(sql: &Name, catalog: &Catalog) -> bool {
    catalog.type_object(sql).is_none()
}

/// A composite value is made anew from the attributes that stay; `None` where its text says all.
fn composite(old: &Column, new: &Column, world: &World<'_>) -> Option<String> {
    let is_array = |sql: &Name, catalog: &Catalog| catalog.data_type(sql).is_none_or(|data_type| data_type.array);
    if is_array(&old.data_type, world.from) || is_array(&new.data_type, world.to) {
        return None;
    }
    row(&bare(&new.name), &old.data_type, &new.data_type, world)
}

/// The attributes of the composite type that a data type, or the elements of an array, are of.
fn attributes_of<'a>(sql: &Name, catalog: &'a Catalog) -> Option<&'a [Attribute]> {
    attributes(&catalog.data_type(sql)?.name, catalog)
}

fn row(value: &str, old: &Name, new: &Name, world: &World<'_>) -> Option<String> {
    let (before, after) = (attributes_of(old, world.from)?, attributes_of(new, world.to)?);
    if has_same_shape(before, after, world) {
        return None;
    }
    let fields = after.iter().map(|attribute| {
        let Some(kept) = before.iter().find(|kept| kept.name == attribute.name) else {
            return format!("NULL::{}", attribute.data_type);
        };
        let field = format!("({value}).{}", bare(&attribute.name));
        if let Some(row) = row(&field, &kept.data_type, &attribute.data_type, world) {
            return row;
        }
        if kept.data_type == attribute.data_type && is_builtin(&attribute.data_type, world.to) {
            return field;
        }
        format!("{field}::text::{}", attribute.data_type)
    });
    let fields = fields.collect::<Vec<_>>().join(", ");
    Some(format!(
        "CASE WHEN {value} IS NOT NULL OR {value} IS DISTINCT FROM NULL THEN ROW({fields})::{new} END"
    ))
}

/// Whether both rows have the same attributes in the same order, those of their attributes included.
fn has_same_shape(before: &[Attribute], after: &[Attribute], world: &World<'_>) -> bool {
    before.len() == after.len()
        && before.iter().zip(after).all(|(old, new)| {
            let nested = (
                attributes_of(&old.data_type, world.from),
                attributes_of(&new.data_type, world.to),
            );
            let is_same_within = match nested {
                (Some(old), Some(new)) => has_same_shape(old, new, world),
                _ => true,
            };
            old.name == new.name && is_same_within
        })
}

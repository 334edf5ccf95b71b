//! Values of composite types whose attributes come, go or change places: their text would not be read again.

use crate::catalog::types::TypeKind;
use crate::catalog::{Catalog, Name, QName};

use super::super::World;
use super::super::name::bare;
use super::is_builtin;

/// A function that is there while a column is converted.
pub(in crate::ddl) struct Helper {
    /// What it is called by.
    pub(in crate::ddl) name: &'static str,
    /// What makes it.
    pub(in crate::ddl) create: String,
    /// What removes it.
    pub(in crate::ddl) drop: String,
}

/// What a data type is made of.
enum Made<'a> {
    /// Attributes, or columns of a table's rows, with their types.
    Of(Vec<(&'a Name, &'a Name)>),
    Array(Box<Made<'a>>),
    Range(&'a Name),
    Nothing,
}

/// Whether rows of a composite type, or rows within the values, have other attributes than before, or in another order.
pub(in crate::ddl) fn changes(old: &Name, new: &Name, world: &World<'_>) -> bool {
    differ(&made_of(old, world.from), &made_of(new, world.to), world)
}

fn differ(old: &Made<'_>, new: &Made<'_>, world: &World<'_>) -> bool {
    match (old, new) {
        (Made::Of(before), Made::Of(after)) => {
            let differs = |((old, old_type), (new, new_type)): (&(&Name, &Name), &(&Name, &Name))| {
                old != new || changes(old_type, new_type, world)
            };
            before.len() != after.len() || before.iter().zip(after).any(differs)
        }
        (Made::Array(old), Made::Array(new)) => differ(old, new, world),
        (Made::Range(old), Made::Range(new)) => changes(old, new, world),
        _ => false,
    }
}

/// An expression that makes a value anew from the attributes that stay; `None` where it would need a loop over elements.
pub(super) fn expression(value: &str, old: &Name, new: &Name, world: &World<'_>) -> Option<String> {
    if !changes(old, new, world) {
        let is_same = old == new && is_builtin(new, world.to);
        return Some(if is_same {
            value.to_owned()
        } else {
            format!("{value}::text::{new}")
        });
    }
    match (made_of(old, world.from), made_of(new, world.to)) {
        (Made::Of(before), Made::Of(after)) => {
            let fields = after.iter().map(|(name, new)| {
                let Some((_, old)) = before.iter().find(|(kept, _)| kept == name) else {
                    return Some(format!("NULL::{new}"));
                };
                expression(&format!("({value}).{}", bare(name)), old, new, world)
            });
            let fields = fields.collect::<Option<Vec<_>>>()?.join(", ");
            Some(format!(
                "CASE WHEN {value} IS NOT NULL OR {value} IS DISTINCT FROM NULL THEN ROW({fields})::{new} END"
            ))
        }
        (Made::Range(before), Made::Range(after)) => {
            let bound = |side: &str| expression(&format!("{side}({value})"), before, after, world);
            let (lower, upper) = (bound("lower")?, bound("upper")?);
            let lower_end = format!("CASE WHEN lower_inc({value}) THEN '[' ELSE '(' END");
            let upper_end = format!("CASE WHEN upper_inc({value}) THEN ']' ELSE ')' END");
            Some(format!(
                "CASE WHEN {value} IS NULL THEN NULL WHEN isempty({value}) THEN 'empty' ELSE {new}({lower}, {upper}, {lower_end} || {upper_end}) END"
            ))
        }
        _ => None,
    }
}

/// A function that makes values of the type from JSON, attribute by attribute, whatever the values are within.
pub(in crate::ddl) fn helper(new: &Name) -> Helper {
    Helper {
        name: "pg_temp.reshaped",
        create: format!(
            "CREATE FUNCTION pg_temp.reshaped(value jsonb) RETURNS {new} LANGUAGE sql STABLE AS $${}$$",
            from_json("$1", new)
        ),
        drop: "DROP FUNCTION pg_temp.reshaped(jsonb)".to_owned(),
    }
}

/// A query that makes a value of the type from JSON.
pub(in crate::ddl) fn from_json(value: &str, new: &Name) -> String {
    format!("SELECT anew.value FROM jsonb_to_record(jsonb_build_object('value', {value})) AS anew(value {new})")
}

/// An array that came out of JSON, with the bounds that it had: an expression of their text.
pub(in crate::ddl) fn bounded(array: &str, bounds: &str, new: &Name) -> String {
    format!("(coalesce({bounds} || '=', '') || {array}::text)::{new}")
}

fn made_of<'a>(sql: &Name, catalog: &'a Catalog) -> Made<'a> {
    match catalog.data_type(sql) {
        Some(data_type) if data_type.array => Made::Array(Box::new(named(&data_type.name, catalog))),
        Some(data_type) => named(&data_type.name, catalog),
        None => Made::Nothing,
    }
}

fn named<'a>(name: &QName, catalog: &'a Catalog) -> Made<'a> {
    if let Some(relation) = catalog.relation(name) {
        let columns = relation.columns().iter();
        return Made::Of(columns.map(|column| (&column.name, &column.data_type)).collect());
    }
    match catalog.user_type(name).map(|row| &row.kind) {
        Some(TypeKind::Composite { attributes }) => {
            let attributes = attributes.iter();
            Made::Of(attributes.map(|one| (&one.name, &one.data_type)).collect())
        }
        Some(TypeKind::Range(range)) => Made::Range(&range.subtype),
        Some(TypeKind::Domain { base, .. }) => made_of(base, catalog),
        _ => Made::Nothing,
    }
}

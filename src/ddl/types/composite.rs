//! Composite types.

use crate::catalog::types::{Attribute, Type, TypeKind};
use crate::catalog::{ObjectId, QName};
use crate::sql::identifier;

use super::super::{Alteration, LockMode, Loss, Statement, World, bare, conversion, qualified};
use super::uses::Uses;

pub(super) fn definition(name: &QName, attributes: &[Attribute]) -> String {
    let attributes = attributes.iter().map(attribute).collect::<Vec<_>>().join(", ");
    format!("CREATE TYPE {} AS ({attributes})", qualified(name))
}

fn attribute(row: &Attribute) -> String {
    format!("{} {}", bare(&row.name), data_type(row))
}

fn data_type(row: &Attribute) -> String {
    let collate = row
        .collation
        .as_ref()
        .map(|name| format!(" COLLATE {}", qualified(name)));
    format!("{}{}", row.data_type, collate.unwrap_or_default())
}

/// The attributes of a composite type that do not outlive its change, as columns of it: those that go or change their types.
pub fn disturbed_attributes(old: &Type, new: &Type) -> Vec<ObjectId> {
    let (TypeKind::Composite { attributes: before }, TypeKind::Composite { attributes: after }) =
        (&old.kind, &new.kind)
    else {
        return Vec::new();
    };
    let is_kept = |row: &&Attribute| after.contains(row);
    let disturbed = before.iter().filter(|row| !is_kept(row));
    disturbed
        .map(|row| ObjectId::Column(old.name.clone(), row.name.clone()))
        .collect()
}

/// Attributes go, come at the end, and change their types where no stored row has the old ones.
pub(super) fn alter(name: &QName, old: &[Attribute], new: &[Attribute], world: &World<'_>) -> Alteration {
    let in_new = |row: &&Attribute| new.iter().any(|other| other.name == row.name);
    let kept = old.iter().filter(in_new).collect::<Vec<_>>();
    let (first, added) = new.split_at(kept.len().min(new.len()));
    if !kept.iter().map(|row| &row.name).eq(first.iter().map(|row| &row.name)) {
        return Alteration::Replace;
    }
    let retyped = kept
        .into_iter()
        .zip(first)
        .filter(|(old, new)| (&old.data_type, &old.collation) != (&new.data_type, &new.collation));
    let retyped = retyped.map(|(_, new)| new).collect::<Vec<_>>();
    let uses = Uses::of(name, world.from);
    let is_stored = !uses.plain.is_empty() || !uses.contained.is_empty();
    if !retyped.is_empty() && is_stored {
        return Alteration::Replace;
    }
    let typed_tables = world
        .from
        .relations
        .iter()
        .filter(|row| row.of_type.as_ref() == Some(name));
    let typed_tables = typed_tables.map(|row| row.object()).collect::<Vec<_>>();
    // The tables' values change with the type only where that takes no expression.
    let is_assigned = |new: &&Attribute| {
        let mut old = old.iter().filter(|old| old.name == new.name);
        old.all(|old| conversion::is_assigned(&old.data_type, &new.data_type, world))
    };
    if !typed_tables.is_empty() && !retyped.iter().all(is_assigned) {
        return Alteration::Replace;
    }
    let statement = |action: String| {
        let cascade = if typed_tables.is_empty() { "" } else { " CASCADE" };
        let statement = Statement::new(format!("ALTER TYPE {} {action}{cascade}", qualified(name)));
        let lock = |statement: Statement, table: &ObjectId| statement.locks(LockMode::AccessExclusive, table.clone());
        typed_tables.iter().fold(statement, lock)
    };
    let gone = old.iter().filter(|row| !in_new(row));
    let mut statements = Vec::new();
    statements.extend(gone.map(|row| {
        let statement = statement(format!("DROP ATTRIBUTE {}", identifier(&row.name)));
        if is_stored || !typed_tables.is_empty() {
            statement.loses(Loss::DropColumn)
        } else {
            statement
        }
    }));
    statements.extend(retyped.into_iter().map(|row| {
        let statement = statement(format!("ALTER ATTRIBUTE {} TYPE {}", bare(&row.name), data_type(row)));
        if typed_tables.is_empty() {
            statement
        } else {
            statement.rewrites()
        }
    }));
    statements.extend(
        added
            .iter()
            .map(|row| statement(format!("ADD ATTRIBUTE {}", attribute(row)))),
    );
    Alteration::InPlace(statements)
}

//! Objects without what is in them: a function without its body, a view without its query, a domain without its default.

use std::fmt::Write as _;

use crate::catalog::lookup::RelationRef;
use crate::catalog::relation::{Relation, RelationKind};
use crate::catalog::routine::{Body, Routine};
use crate::catalog::types::{Type, TypeKind};
use crate::catalog::{Catalog, Object};

use super::name::{bare, qualified};
use super::relations::view;
use super::routines::is_pseudo;
use super::{Alteration, Ddl, Part, Statement, World};

/// Whether the object can be there without what is in it.
pub fn may_be_empty(object: Object<'_>) -> bool {
    match object {
        Object::Routine(row) => !matches!(row.body, Body::Aggregate(_)),
        Object::Relation(row) => row.kind == RelationKind::View,
        Object::Type(row) => matches!(&row.kind, TypeKind::Domain { default: Some(_), .. }),
        _ => false,
    }
}

/// What makes the object in two goes: empty at first, and filled afterwards.
pub fn create_empty(object: Object<'_>, world: &World<'_>) -> Vec<Statement> {
    let (empty, filled) = match object {
        Object::Routine(row) => (
            emptied_routine(row).create(world),
            vec![row.statement("CREATE OR REPLACE")],
        ),
        Object::Relation(row) => (
            vec![empty_view(row, world.to, "CREATE VIEW")],
            vec![view(row, "CREATE OR REPLACE VIEW").into()],
        ),
        Object::Type(row) => {
            let empty = without_default(row);
            let filled = match empty.alter(row, world) {
                Alteration::InPlace(statements) => statements,
                Alteration::Replace => Vec::new(),
            };
            (empty.create(world), filled)
        }
        _ => return Vec::new(),
    };
    let filled = filled.into_iter().map(|statement| statement.part(Part::Afterwards));
    empty.into_iter().chain(filled).collect()
}

/// What takes out of an object of `world.from` what is in it.
pub fn empty(object: Object<'_>, world: &World<'_>) -> Vec<Statement> {
    match object {
        Object::Routine(row) => vec![emptied_routine(row).statement("CREATE OR REPLACE")],
        Object::Relation(row) => vec![empty_view(row, world.from, "CREATE OR REPLACE VIEW")],
        Object::Type(row) => vec![format!("ALTER DOMAIN {} DROP DEFAULT", qualified(&row.name)).into()],
        _ => Vec::new(),
    }
}

/// Whether the object's own text names it, so that it cannot be made at once.
pub fn names_itself(object: Object<'_>) -> bool {
    let (texts, name) = match object {
        Object::Routine(row) => {
            let defaults = row.arguments.iter().filter_map(|argument| argument.default.as_deref());
            let body = match &row.body {
                Body::Sql(body) => Some(body.as_str()),
                _ => None,
            };
            (defaults.chain(body).collect::<Vec<_>>(), qualified(&row.id.name))
        }
        Object::Relation(row) if row.kind == RelationKind::View => {
            (row.definition.as_deref().into_iter().collect(), qualified(&row.name))
        }
        _ => return false,
    };
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '"');
    let is_in = |text: &str| {
        text.match_indices(&name).any(|(at, _)| {
            let (before, after) = (text[..at].chars().next_back(), text[at + name.len()..].chars().next());
            !before.is_some_and(is_part) && !after.is_some_and(is_part)
        })
    };
    texts.into_iter().any(is_in)
}

/// The routine without what makes it need others: its body, and what its defaults call. What may be left out when it is
/// called stays so, since a default can be added later, but never taken away.
fn emptied_routine(row: &Routine) -> Routine {
    let mut row = row.clone();
    if matches!(row.body, Body::Sql(_)) {
        row.body = Body::Source(String::new());
    }
    for argument in &mut row.arguments {
        if let Some(default) = argument.default.as_mut().filter(|default| default.contains('('))
            && !is_pseudo(&argument.data_type)
        {
            *default = format!("NULL::{}", argument.data_type);
        }
    }
    row
}

/// A view of the same columns that reads nothing.
fn empty_view(row: &Relation, catalog: &Catalog, create: &str) -> Statement {
    let columns = RelationRef { catalog, row }.columns().iter().map(|column| {
        let mut sql = format!("NULL::{}", column.data_type);
        if let Some(collation) = &column.collation {
            let _ = write!(sql, " COLLATE {}", qualified(collation));
        }
        format!("{sql} AS {}", bare(&column.name))
    });
    let columns = columns.collect::<Vec<_>>().join(", ");
    format!("{create} {} AS SELECT {columns}", qualified(&row.name)).into()
}

fn without_default(row: &Type) -> Type {
    let mut row = row.clone();
    if let TypeKind::Domain { default, .. } = &mut row.kind {
        *default = None;
    }
    row
}

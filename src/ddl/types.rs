//! Types, domains and their constraints.

mod aside;
mod base;
mod composite;
mod domain;
mod uses;

use crate::catalog::types::{Range, Type, TypeKind};
use crate::catalog::{Name, QName};
use crate::sql::literal;

pub use aside::{drop_aside, set_aside};
pub use composite::disturbed_attributes;
pub use domain::is_contained;
pub(super) use uses::Uses;

use super::{Alteration, Ddl, Part, Statement, Transaction, World, qualified, target};

/// The first major whose ranges have multiranges.
const MULTIRANGES_SINCE: u32 = 14;

impl Ddl for Type {
    /// A domain's checks come by themselves, a multirange by its range. What functions of the type's own belong to is
    /// announced first, and defined when they are there.
    fn create(&self, world: &World<'_>) -> Vec<Statement> {
        let definition = definition(self, world);
        if !is_announced(self) {
            return definition;
        }
        let mut statements = vec![format!("CREATE TYPE {}", qualified(&self.name)).into()];
        statements.extend(definition);
        statements
    }

    /// A base type and its functions need each other: what else needs it has gone before.
    fn drop(&self, world: &World<'_>) -> Vec<Statement> {
        if matches!(self.kind, TypeKind::Multirange { .. }) {
            return Vec::new();
        }
        let cascade = if self.own_functions().is_empty() {
            ""
        } else {
            " CASCADE"
        };
        vec![format!("DROP {}{cascade}", target(&self.object(), world.from)).into()]
    }

    fn alter(&self, new: &Self, world: &World<'_>) -> Alteration {
        let Self {
            name: _,
            owner: _,
            kind,
            extension,
        } = self;
        if *extension != new.extension {
            return Alteration::Replace;
        }
        match (kind, &new.kind) {
            (old, new) if old == new => Alteration::InPlace(Vec::new()),
            (TypeKind::Enum { labels: old }, TypeKind::Enum { labels: new }) => alter_enum(&self.name, old, new),
            (TypeKind::Domain { .. }, TypeKind::Domain { .. }) => domain::alter(&self.name, kind, &new.kind, world),
            (TypeKind::Composite { attributes: old }, TypeKind::Composite { attributes: new }) => {
                composite::alter(&self.name, old, new, world)
            }
            (TypeKind::Range(old), TypeKind::Range(new)) => alter_range(old, new),
            (TypeKind::Base(old), TypeKind::Base(new)) => base::alter(&self.name, old, new, world),
            (TypeKind::Shell, _) if is_announced(new) => Alteration::InPlace(definition(new, world)),
            _ => Alteration::Replace,
        }
    }
}

/// Whether the type is made in two steps, because functions that it needs are about it.
fn is_announced(row: &Type) -> bool {
    matches!(row.kind, TypeKind::Shell) || !row.own_functions().is_empty()
}

fn definition(row: &Type, world: &World<'_>) -> Vec<Statement> {
    let name = qualified(&row.name);
    let sql = match &row.kind {
        TypeKind::Enum { labels } => {
            let labels = labels.iter().map(|label| literal(label).to_string());
            format!("CREATE TYPE {name} AS ENUM ({})", labels.collect::<Vec<_>>().join(", "))
        }
        TypeKind::Domain { .. } => domain::definition(&row.name, &row.kind, world),
        TypeKind::Composite { attributes } => composite::definition(&row.name, attributes),
        TypeKind::Range(range) => format!("CREATE TYPE {name} AS RANGE ({})", range_options(range, world)),
        TypeKind::Base(base) => format!("CREATE TYPE {name} ({})", base::options(base)),
        TypeKind::Multirange { .. } | TypeKind::Shell => return Vec::new(),
    };
    if !is_announced(row) {
        return vec![sql.into()];
    }
    let routines = row
        .own_functions()
        .into_iter()
        .flat_map(|name| world.to.routines_named(name));
    let statement = Statement::new(sql).part(Part::Afterwards);
    vec![routines.fold(statement, |statement, routine| statement.needs(routine.object()))]
}

/// New labels are put between those that are there. A label cannot go, nor move.
fn alter_enum(name: &QName, old: &[Name], new: &[Name]) -> Alteration {
    let kept = new.iter().filter(|label| old.contains(label));
    if !kept.eq(old) {
        return Alteration::Replace;
    }
    let mut statements = Vec::new();
    for (at, label) in new.iter().enumerate() {
        if old.contains(label) {
            continue;
        }
        let is_last = !new[at..].iter().any(|label| old.contains(label));
        let neighbour = match at.checked_sub(1) {
            _ if is_last => String::new(),
            Some(before) => format!(" AFTER {}", literal(&new[before])),
            None => old
                .first()
                .map_or_else(String::new, |first| format!(" BEFORE {}", literal(first))),
        };
        let sql = format!("ALTER TYPE {} ADD VALUE {}{neighbour}", qualified(name), literal(label));
        statements.push(Statement::new(sql).transaction(Transaction::Alone));
    }
    Alteration::InPlace(statements)
}

fn range_options(range: &Range, world: &World<'_>) -> String {
    let multirange = range.multirange.as_ref();
    let multirange = multirange.filter(|_| world.from.server.major >= MULTIRANGES_SINCE);
    let names = [
        ("SUBTYPE_OPCLASS", range.opclass.as_ref()),
        ("COLLATION", range.collation.as_ref()),
        ("CANONICAL", range.canonical.as_ref()),
        ("SUBTYPE_DIFF", range.subtype_diff.as_ref()),
        ("MULTIRANGE_TYPE_NAME", multirange),
    ];
    let mut options = vec![format!("SUBTYPE = {}", range.subtype)];
    options.extend(
        names
            .into_iter()
            .filter_map(|(option, name)| Some(format!("{option} = {}", qualified(name?)))),
    );
    options.join(", ")
}

fn alter_range(old: &Range, new: &Range) -> Alteration {
    let Range {
        subtype,
        opclass,
        collation,
        canonical,
        subtype_diff,
        multirange,
    } = old;
    // Older servers have no multiranges.
    let is_same_multirange = multirange == &new.multirange || multirange.is_none() || new.multirange.is_none();
    let is_same = *subtype == new.subtype
        && *opclass == new.opclass
        && *collation == new.collation
        && *canonical == new.canonical
        && *subtype_diff == new.subtype_diff
        && is_same_multirange;
    Alteration::replace_unless(is_same)
}

//! The physical order of columns: no statement changes it, and no statement that names its columns minds it.

use super::diff::is_ours;
use super::rename::{self, Rename};
use crate::catalog::relation::RelationKind;
use crate::catalog::{Catalog, Name, Object};
use crate::diagnostic::Diagnostic;

/// The tables whose columns do not stand in the order that `to` has, whatever a migration does: those that stay keep
/// their places, by whatever names, and new ones come last.
pub fn column_orders(from: &Catalog, to: &Catalog, renames: &[Rename]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for new in to.relation_refs().filter(|new| is_ours(to, Object::Relation(new.row))) {
        let has_order = matches!(
            new.row.kind,
            RelationKind::Table | RelationKind::PartitionedTable | RelationKind::ForeignTable
        );
        let old = from.relation(&rename::old_relation(&new.row.name, from, renames));
        let old = old.filter(|old| old.row.kind == new.row.kind && has_order);
        let Some(old) = old else { continue };
        let names = old.columns().iter();
        let names = names
            .map(|column| rename::new_column(column, renames))
            .collect::<Vec<_>>();
        let stays = names.iter().filter(|name| new.column(name).is_some());
        let comes = new.columns().iter().map(|column| &column.name);
        let comes = comes.filter(|name| !names.contains(name));
        let made = stays.chain(comes).collect::<Vec<_>>();
        let wanted = new.columns().iter().map(|column| &column.name).collect::<Vec<_>>();
        if made != wanted {
            found.push(Diagnostic::warning(
                new.row.name.to_string(),
                format!(
                    "its columns are in the order {}, and shall be in the order {}",
                    list(&made),
                    list(&wanted)
                ),
            ));
        }
    }
    found
}

fn list(names: &[&Name]) -> String {
    let names = names.iter().map(|name| name.as_str());
    names.collect::<Vec<_>>().join(", ")
}

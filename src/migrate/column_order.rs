//! The physical order of columns: no statement changes it, and no statement that names its columns minds it.

use super::diff::is_ours;
use crate::catalog::relation::RelationKind;
use crate::catalog::{Catalog, Name, Object};
use crate::diagnostic::Diagnostic;

/// The tables whose columns do not stand in the order that `to` has, whatever a migration does: those that stay keep
/// their places, and new ones come last.
pub fn column_orders(from: &Catalog, to: &Catalog) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for new in to.relation_refs().filter(|new| is_ours(to, Object::Relation(new.row))) {
        let has_order = matches!(
            new.row.kind,
            RelationKind::Table | RelationKind::PartitionedTable | RelationKind::ForeignTable
        );
        let old = from.relation(&new.row.name).filter(|old| old.row.kind == new.row.kind);
        let Some(old) = old.filter(|_| has_order) else { continue };
        let stays = old.columns().iter().filter(|column| new.column(&column.name).is_some());
        let comes = new.columns().iter().filter(|column| old.column(&column.name).is_none());
        let made = stays.chain(comes).map(|column| &column.name).collect::<Vec<_>>();
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

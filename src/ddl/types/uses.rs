//! Where values of a type are stored.

use std::collections::BTreeSet;

use crate::catalog::column::Column;
use crate::catalog::relation::RelationKind;
use crate::catalog::types::TypeKind;
use crate::catalog::{Catalog, Name, QName};

/// The columns of tables and materialised views that store values of a type.
#[derive(Debug, Default)]
pub(in crate::ddl) struct Uses<'a> {
    /// Those that are of the type, or of a domain over it.
    pub(in crate::ddl) plain: Vec<&'a Column>,
    /// Those that have it within an array, a row, or a range.
    pub(in crate::ddl) contained: Vec<&'a Column>,
}

impl<'a> Uses<'a> {
    /// The uses of the type of this name.
    pub(in crate::ddl) fn of(name: &QName, catalog: &'a Catalog) -> Self {
        let mut uses = Self::default();
        let mut seen = BTreeSet::new();
        let mut to_visit = vec![(name.clone(), false)];
        while let Some((name, is_contained)) = to_visit.pop() {
            if !seen.insert((name.clone(), is_contained)) {
                continue;
            }
            let texts = catalog.data_types.iter().filter(|row| row.name == name);
            let texts = texts.map(|row| (&row.sql, row.array)).collect::<Vec<_>>();
            let text = |sql: &Name| texts.iter().find(|(text, _)| *text == sql);
            for column in &catalog.columns {
                if let Some((_, is_array)) = text(&column.data_type) {
                    to_visit.push((column.relation.clone(), true));
                    if !is_stored(column, catalog) {
                    } else if is_contained || *is_array {
                        uses.contained.push(column);
                    } else {
                        uses.plain.push(column);
                    }
                }
            }
            for row in &catalog.types {
                let is_domain = matches!(row.kind, TypeKind::Domain { .. });
                row.each_data_type(|sql| {
                    if let Some((_, is_array)) = text(sql) {
                        to_visit.push((row.name.clone(), is_contained || *is_array || !is_domain));
                    }
                });
            }
        }
        uses
    }
}

fn is_stored(column: &Column, catalog: &Catalog) -> bool {
    catalog.relation(&column.relation).is_some_and(|relation| {
        matches!(
            relation.row.kind,
            RelationKind::Table | RelationKind::PartitionedTable | RelationKind::MaterializedView
        )
    })
}

//! Whether the rows of a catalog fit together, for one that did not come from a server.

use std::collections::{HashMap, HashSet};

use super::column::Column;
use super::constraint::ConstraintKind;
use super::{Catalog, Name, QName};
use crate::threads::in_parts;

/// A row that names what is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dangling {
    /// The field of the catalog that has the row.
    pub section: &'static str,
    /// The row's place in it, from 0.
    pub at: usize,
    /// What it names.
    pub missing: String,
}

/// The columns of each relation.
type Relations<'a> = HashMap<&'a QName, &'a [Column]>;

impl Catalog {
    /// The first row that names a relation, column or type that the catalog should have and has not. A foreign key
    /// may point at a table that is left out by name.
    pub fn dangling(&self) -> Option<Dangling> {
        let relations = &self.columns_of_relations();
        let checks: [&(dyn Fn() -> Option<Dangling> + Sync); 4] = [
            &|| self.columns_without_relation(relations),
            &|| self.rows_without_type(),
            &|| self.constraints_without_columns(relations),
            &|| self.indexes_without_columns(relations),
        ];
        let found = in_parts(&checks, 1, |_, part| part.iter().find_map(|check| check()));
        let found = found.into_iter().flatten().next();
        #[cfg(feature = "plan")]
        let found = found.or_else(|| self.rows_without_relation(relations));
        found
    }

    fn columns_of_relations(&self) -> Relations<'_> {
        let mut relations = self
            .relations
            .iter()
            .map(|row| (&row.name, &[][..]))
            .collect::<Relations<'_>>();
        for columns in self.columns.chunk_by(|a, b| a.relation == b.relation) {
            if let Some(known) = relations.get_mut(&columns[0].relation) {
                *known = columns;
            }
        }
        relations
    }

    fn columns_without_relation(&self, relations: &Relations<'_>) -> Option<Dangling> {
        let mut known: Option<&QName> = None;
        for (at, column) in self.columns.iter().enumerate() {
            if known != Some(&column.relation) && !relations.contains_key(&column.relation) {
                return Some(no_relation("columns", at, &column.relation));
            }
            known = Some(&column.relation);
        }
        None
    }

    fn rows_without_type(&self) -> Option<Dangling> {
        let known = self.data_types.iter().map(|row| &row.sql).collect::<HashSet<_>>();
        let unknown = |section: &'static str, at: usize, name: &Name| {
            (!known.contains(name)).then(|| Dangling {
                section,
                at,
                missing: format!("the data type `{name}`"),
            })
        };
        let columns = self.columns.iter().enumerate();
        let mut wrong = columns
            .filter_map(|(at, row)| unknown("columns", at, &row.data_type))
            .next();
        for (at, row) in self.types.iter().enumerate() {
            row.each_data_type(|name| wrong = wrong.take().or_else(|| unknown("types", at, name)));
        }
        for (at, row) in self.routines.iter().enumerate() {
            row.each_data_type(|name| wrong = wrong.take().or_else(|| unknown("routines", at, name)));
        }
        wrong
    }

    fn constraints_without_columns(&self, relations: &Relations<'_>) -> Option<Dangling> {
        for (at, constraint) in self.constraints.iter().enumerate() {
            let Some(own) = relations.get(&constraint.relation) else {
                return Some(no_relation("constraints", at, &constraint.relation));
            };
            let wrong = match &constraint.kind {
                ConstraintKind::PrimaryKey { columns, .. } | ConstraintKind::Unique { columns, .. } => {
                    missing_column(&constraint.relation, own, columns)
                }
                ConstraintKind::NotNull { column } => {
                    missing_column(&constraint.relation, own, std::slice::from_ref(column))
                }
                ConstraintKind::ForeignKey(key) => {
                    missing_column(&constraint.relation, own, &key.columns).or_else(|| {
                        missing_column(
                            &key.references,
                            relations.get(&key.references)?,
                            &key.referenced_columns,
                        )
                    })
                }
                ConstraintKind::Check { .. } | ConstraintKind::Exclusion { .. } => None,
            };
            if let Some(missing) = wrong {
                return Some(Dangling {
                    section: "constraints",
                    at,
                    missing,
                });
            }
        }
        None
    }

    fn indexes_without_columns(&self, relations: &Relations<'_>) -> Option<Dangling> {
        for (at, index) in self.indexes.iter().enumerate() {
            let Some(own) = relations.get(&index.relation) else {
                return Some(no_relation("indexes", at, &index.relation));
            };
            let keys = index.keys.iter().filter_map(|key| key.column.as_ref());
            if let Some(missing) = missing_column(&index.relation, own, keys.chain(&index.include)) {
                return Some(Dangling {
                    section: "indexes",
                    at,
                    missing,
                });
            }
        }
        None
    }

    #[cfg(feature = "plan")]
    fn rows_without_relation(&self, relations: &Relations<'_>) -> Option<Dangling> {
        let triggers = self.triggers.iter().map(|row| &row.relation).enumerate();
        let policies = self.policies.iter().map(|row| &row.relation).enumerate();
        let rules = self.rules.iter().map(|row| &row.relation).enumerate();
        let all = triggers.map(|row| ("triggers", row));
        let all = all
            .chain(policies.map(|row| ("policies", row)))
            .chain(rules.map(|row| ("rules", row)));
        all.filter(|(_, (_, name))| !relations.contains_key(name))
            .map(|(section, (at, name))| no_relation(section, at, name))
            .next()
    }
}

fn no_relation(section: &'static str, at: usize, name: &QName) -> Dangling {
    Dangling {
        section,
        at,
        missing: format!("the relation `{name}`"),
    }
}

/// The first of the columns that the relation has not.
fn missing_column<'a>(relation: &QName, own: &[Column], columns: impl IntoIterator<Item = &'a Name>) -> Option<String> {
    let is_missing = |name: &&Name| !own.iter().any(|column| column.name == **name);
    let missing = columns.into_iter().find(is_missing)?;
    Some(format!("the column `{missing}` of `{relation}`"))
}

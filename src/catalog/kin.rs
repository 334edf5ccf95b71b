//! Who belongs to whom in a catalog, found once for all who ask.

use std::collections::{HashMap, HashSet};

use super::constraint::{Constraint, ConstraintKind, NOT_NULL_LABEL};
use super::index::Index;
use super::relation::Relation;
use super::sequence::Sequence;
use super::{Catalog, Name, QName};

/// The rows of a catalog by what they name, where that is not what they are ordered by. Those of one group stand in the
/// catalog's order.
#[derive(Debug, Default)]
pub struct Kin<'a> {
    children: Groups<'a, Relation>,
    of_type: Groups<'a, Relation>,
    indexes: Groups<'a, Index>,
    parts: Groups<'a, Index>,
    keys_to: Groups<'a, Constraint>,
    identities: HashMap<(&'a QName, &'a Name), &'a Sequence>,
    not_nulls: HashSet<(&'a Name, &'a Name)>,
}

type Groups<'a, T> = HashMap<&'a QName, Vec<&'a T>>;

impl<'a> Kin<'a> {
    /// That of a catalog.
    pub fn of(catalog: &'a Catalog) -> Self {
        let mut kin = Self::default();
        for row in &catalog.relations {
            for parent in row.parents() {
                kin.children.entry(parent).or_default().push(row);
            }
            if let Some(data_type) = &row.of_type {
                kin.of_type.entry(data_type).or_default().push(row);
            }
        }
        for row in &catalog.indexes {
            kin.indexes.entry(&row.relation).or_default().push(row);
            if let Some(parent) = &row.parent {
                kin.parts.entry(parent).or_default().push(row);
            }
        }
        for row in &catalog.constraints {
            if let ConstraintKind::ForeignKey(key) = &row.kind {
                kin.keys_to.entry(&key.references).or_default().push(row);
            }
        }
        let constraints = catalog.constraints.iter();
        let names = constraints.map(|row| (&row.relation.schema, &row.name));
        let domains = catalog.domain_constraints.iter();
        let names = names.chain(domains.map(|row| (&row.domain.schema, &row.name)));
        kin.not_nulls = names.filter(|(_, name)| name.ends_with(NOT_NULL_LABEL)).collect();
        let identities = catalog.sequences.iter().filter(|row| row.identity);
        let columns = identities.filter_map(|row| row.owned_by.as_ref().map(|column| (column, row)));
        kin.identities = columns
            .map(|(column, row)| ((&column.relation, &column.column), row))
            .collect();
        kin
    }

    /// The relations that inherit from this one, or are partitions of it.
    pub fn children(&self, parent: &QName) -> &[&'a Relation] {
        group(&self.children, parent)
    }

    /// The tables of this composite type.
    pub fn of_type(&self, data_type: &QName) -> &[&'a Relation] {
        group(&self.of_type, data_type)
    }

    /// The indexes of a relation.
    pub fn indexes(&self, relation: &QName) -> &[&'a Index] {
        group(&self.indexes, relation)
    }

    /// The indexes of partitions that are attached to this one.
    pub fn parts(&self, index: &QName) -> &[&'a Index] {
        group(&self.parts, index)
    }

    /// The foreign keys that refer to the relation.
    pub fn keys_to(&self, relation: &QName) -> &[&'a Constraint] {
        group(&self.keys_to, relation)
    }

    /// The sequence of an identity column.
    pub fn identity(&self, relation: &QName, column: &Name) -> Option<&'a Sequence> {
        self.identities.get(&(relation, column)).copied()
    }

    /// Whether a constraint in the schema has a name that PostgreSQL would have chosen for a NOT NULL.
    pub fn takes_not_null(&self, schema: &Name, name: &Name) -> bool {
        self.not_nulls.contains(&(schema, name))
    }
}

fn group<'k, 'a, T>(groups: &'k Groups<'a, T>, name: &QName) -> &'k [&'a T] {
    groups.get(name).map_or(&[], Vec::as_slice)
}

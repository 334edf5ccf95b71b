//! What every rule looks at: the catalog, its usage, and what of both would take long to look for table by table.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::column::{Column, DataType};
use crate::catalog::constraint::{Constraint, ConstraintKind, ForeignKey};
use crate::catalog::index::{Index, IndexKey};
use crate::catalog::kin::Kin;
use crate::catalog::lookup::RelationRef;
use crate::catalog::relation::{Relation, RelationKind, ReplicaIdentity};
use crate::catalog::types::TypeKind;
use crate::catalog::usage::{IndexUsage, TableUsage, Usage};
use crate::catalog::{Catalog, Name, ObjectId, QName};
use crate::sql::identifier;

/// What a rule looks at.
#[derive(Debug)]
pub struct Context<'a> {
    /// The schema.
    pub catalog: &'a Catalog,
    /// What the server has counted and measured of it; `None` where there is no server to ask.
    pub usage: Option<&'a Usage>,
    kin: Kin<'a>,
    partitions: BTreeMap<&'a QName, Vec<&'a Relation>>,
    in_policies: BTreeSet<(&'a QName, &'a Name)>,
    leaned_on: BTreeSet<&'a QName>,
}

impl<'a> Context<'a> {
    /// Looks up what rules ask for again and again.
    pub fn new(catalog: &'a Catalog, usage: Option<&'a Usage>) -> Self {
        let mut partitions = BTreeMap::<_, Vec<_>>::new();
        for relation in &catalog.relations {
            if let Some(place) = &relation.partition_of {
                partitions.entry(&place.parent).or_default().push(relation);
            }
        }
        let in_policies = catalog.edges.iter().filter_map(|edge| match (&edge.from, &edge.to) {
            (ObjectId::Policy(..), ObjectId::Column(relation, column)) => Some((relation, column)),
            _ => None,
        });
        let leaned_on = catalog.edges.iter().filter_map(|edge| match &edge.to {
            ObjectId::Index(index) => Some(index),
            _ => None,
        });
        Self {
            catalog,
            usage,
            kin: Kin::of(catalog),
            partitions,
            in_policies: in_policies.collect(),
            leaned_on: leaned_on.collect(),
        }
    }

    /// The relations that are ours: neither a platform's nor an extension's.
    pub(super) fn relations(&self) -> impl Iterator<Item = RelationRef<'a>> {
        let relations = self.catalog.relation_refs();
        relations.filter(|relation| {
            relation.row.extension.is_none() && self.catalog.own_schema(&relation.row.name.schema).is_some()
        })
    }

    /// The tables among them, partitioned ones and partitions included.
    pub(super) fn tables(&self) -> impl Iterator<Item = RelationRef<'a>> {
        let is_table = |kind| matches!(kind, RelationKind::Table | RelationKind::PartitionedTable);
        self.relations().filter(move |relation| is_table(relation.row.kind))
    }

    /// The columns that they declare, each with its table: what is inherited is the parent's matter.
    pub(super) fn columns(&self) -> impl Iterator<Item = (RelationRef<'a>, &'a Column)> {
        self.tables().flat_map(|table| {
            let own = table.columns().iter().filter(|column| !column.inherited);
            own.map(move |column| (table, column))
        })
    }

    /// The foreign keys that they declare, each with its table: a partition's is its parent's matter.
    pub(super) fn foreign_keys(&self) -> impl Iterator<Item = (RelationRef<'a>, &'a Constraint, &'a ForeignKey)> {
        self.tables().flat_map(|table| {
            table
                .constraints()
                .iter()
                .filter_map(move |constraint| match &constraint.kind {
                    ConstraintKind::ForeignKey(key) if !constraint.inherited => Some((table, constraint, &**key)),
                    _ => None,
                })
        })
    }

    /// The indexes of a relation, by name.
    pub(super) fn indexes(&self, relation: &QName) -> &[&'a Index] {
        self.kin.indexes(relation)
    }

    /// Who belongs to whom.
    pub(super) fn kin(&self) -> &Kin<'a> {
        &self.kin
    }

    /// The indexes of what is ours, each with its relation; that of a partition counts with its parent's.
    pub(super) fn own_indexes(&self) -> impl Iterator<Item = (RelationRef<'a>, &'a Index)> {
        self.relations().flat_map(|relation| {
            let indexes = self.indexes(&relation.row.name).iter().copied();
            indexes
                .filter(|index| index.parent.is_none())
                .map(move |index| (relation, index))
        })
    }

    /// The partitions of a table.
    pub(super) fn partitions(&self, table: &QName) -> &[&'a Relation] {
        self.partitions.get(table).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether a policy asks for the column.
    pub(super) fn is_in_policy(&self, relation: &QName, column: &Name) -> bool {
        self.in_policies.contains(&(relation, column))
    }

    /// Whether something of the schema, such as a foreign key, depends on the index.
    pub(super) fn is_leaned_on(&self, index: &Index) -> bool {
        self.leaned_on.contains(&index.name)
    }

    /// The constraint that an index backs.
    pub(super) fn constraint(&self, index: &Index) -> Option<&'a Constraint> {
        let name = index.constraint.as_ref()?;
        let constraints = self.catalog.relation(&index.relation)?.constraints();
        constraints.iter().find(|constraint| constraint.name == *name)
    }

    /// How an index is stored and used, where that is known.
    pub(super) fn index_usage(&self, index: &Index) -> Option<&'a IndexUsage> {
        self.usage?.indexes.get(&index.name)
    }

    /// The size of an index in bytes, of a partitioned one with its parts, where that is known.
    pub(super) fn index_bytes(&self, index: &'a Index) -> Option<i64> {
        Some(self.parts(index)?.pages * self.usage?.server?.block_size)
    }

    /// An index as it is stored and used; of a partitioned one, all its parts together. `None` where that is not known of
    /// all of them.
    pub(super) fn parts(&self, index: &'a Index) -> Option<Parts<'a>> {
        let usage = self.usage?;
        if let Some(stored) = usage.indexes.get(&index.name) {
            return Some(Parts {
                tables: vec![&index.relation],
                pages: stored.pages,
                scans: stored.scans,
                entries_read: stored.entries_read,
                last_scan: stored.last_scan,
                age: stored.age,
            });
        }
        let mut all = Parts {
            age: Some(i64::MAX),
            ..Parts::default()
        };
        for partition in self.partitions(&index.relation) {
            let attached = self.indexes(&partition.name).iter();
            let mut attached = attached.filter(|part| part.parent.as_ref() == Some(&index.name));
            let part = self.parts(attached.next()?)?;
            all.tables.extend(part.tables);
            all.pages += part.pages;
            all.scans += part.scans;
            all.entries_read += part.entries_read;
            all.age = all.age.zip(part.age).map(|(all, part)| all.min(part));
            all.last_scan = all.last_scan.into_iter().chain(part.last_scan).min();
        }
        (!all.tables.is_empty()).then_some(all)
    }

    /// The type that a column's values are of in the end: what a domain is made of.
    pub(super) fn base_type(&self, column: &'a Column) -> Option<&'a DataType> {
        let mut found = self.catalog.data_type(&column.data_type)?;
        while !found.array
            && let Some(user_type) = self.catalog.user_type(&found.name)
            && let TypeKind::Domain { base, .. } = &user_type.kind
        {
            found = self.catalog.data_type(base)?;
        }
        Some(found)
    }

    /// The name of that type, where it is one of PostgreSQL's own and no array.
    pub(super) fn builtin_type(&self, column: &'a Column) -> Option<&'a str> {
        let found = self.base_type(column)?;
        (!found.array && found.name.is_builtin()).then_some(&found.name.name)
    }

    /// How a table is stored and used, where that is known.
    pub(super) fn table_usage(&self, table: &QName) -> Option<&'a TableUsage> {
        self.usage?.tables.get(table)
    }

    /// The rows of a table, or of all its partitions, as last estimated; `None` where that is not known of all.
    pub(super) fn rows(&self, table: &Relation) -> Option<f64> {
        match table.kind {
            RelationKind::PartitionedTable => {
                let partitions = self.partitions(&table.name);
                partitions.iter().map(|partition| self.rows(partition)).sum()
            }
            _ => self.table_usage(&table.name)?.rows,
        }
    }
}

/// An index together with all its parts.
#[derive(Debug, Default)]
pub(super) struct Parts<'a> {
    /// The tables that it is on.
    pub(super) tables: Vec<&'a QName>,
    /// Its pages.
    pub(super) pages: i64,
    /// How often it was scanned.
    pub(super) scans: i64,
    /// How many entries these scans read.
    pub(super) entries_read: i64,
    /// Seconds since it was last scanned, where that is known.
    pub(super) last_scan: Option<i64>,
    /// For how many seconds all parts have been there at the least, where that is known.
    pub(super) age: Option<i64>,
}

/// Whether the rows of the relation are identified by the index where they are replicated.
pub(super) fn is_replica_identity(relation: &Relation, index: &Index) -> bool {
    relation.replica_identity == ReplicaIdentity::Index(index.name.name.clone())
}

/// Whether the key is the column itself.
pub(super) fn is_of(key: &IndexKey, column: &Name) -> bool {
    key.column.as_ref() == Some(column)
}

/// A column, as findings name it.
pub(super) fn column_name(relation: &QName, column: &str) -> String {
    format!("{relation}.{}", identifier(column))
}

/// A constraint, as findings name it.
pub(super) fn constraint_name(constraint: &Constraint) -> String {
    format!("{}.{}", constraint.relation, identifier(&constraint.name))
}

/// "a", "a and b", "a, b and c".
pub(super) fn listed<T: AsRef<str>>(names: &[T]) -> String {
    match names {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [first @ .., last] => {
            let first = first.iter().map(AsRef::as_ref).collect::<Vec<_>>();
            format!("{} and {}", first.join(", "), last.as_ref())
        }
    }
}

//! The indexes that policies find rows by.

use std::collections::BTreeSet;

use super::model::Access;
use super::text;
use crate::catalog::index::{Index, IndexKey};
use crate::catalog::relation::RelationKind;
use crate::catalog::{Catalog, Name, QName};

/// The longest name (`NAMEDATALEN` - 1), in bytes.
const LONGEST: usize = 63;

/// All indexes, with those that are proposed.
pub(super) struct Proposed<'a> {
    catalog: &'a Catalog,
    /// The rows.
    pub(super) rows: Vec<Index>,
    names: BTreeSet<QName>,
}

impl<'a> Proposed<'a> {
    /// Those that are there.
    pub(super) fn new(catalog: &'a Catalog) -> Self {
        let relations = catalog.relations.iter().map(|row| row.name.clone());
        let indexes = catalog.indexes.iter().map(|row| row.name.clone());
        let sequences = catalog.sequences.iter().map(|row| row.name.clone());
        Self {
            catalog,
            rows: catalog.indexes.to_vec(),
            names: relations.chain(indexes).chain(sequences).collect(),
        }
    }

    /// Adds those that the policies of a table search by and that it lacks.
    pub(super) fn add(&mut self, table: &QName, access: &Access) {
        let is_table = self
            .catalog
            .relation(table)
            .is_some_and(|relation| matches!(relation.row.kind, RelationKind::Table | RelationKind::PartitionedTable));
        if !is_table {
            return;
        }
        let tests = access.rules.iter().filter_map(|rule| rule.using.as_ref());
        let columns = tests.flat_map(super::Test::searched).collect::<BTreeSet<_>>();
        let predicate = access.live.as_ref().map(text::is_null);
        for column in columns {
            let serves = |index: &Index| {
                let is_first = index
                    .keys
                    .first()
                    .is_some_and(|key| key.column.as_ref() == Some(column));
                let is_whole = index.predicate.is_none() || index.predicate == predicate;
                index.relation == *table
                    && index.valid
                    && is_first
                    && is_whole
                    && ["btree", "hash"].contains(&index.method.as_str())
            };
            if !self.rows.iter().any(serves) {
                self.build(table, column, predicate.as_ref(), None);
            }
        }
    }

    /// Adds an index, and its parts on a table's partitions.
    fn build(&mut self, table: &QName, column: &Name, predicate: Option<&String>, parent: Option<&QName>) {
        let name = self.free_name(table, column);
        self.rows.push(Index {
            name: name.clone(),
            relation: table.clone(),
            method: "btree".into(),
            unique: false,
            nulls_not_distinct: false,
            valid: true,
            clustered: false,
            keys: vec![IndexKey {
                column: Some(column.clone()),
                ..IndexKey::default()
            }],
            include: Vec::new(),
            predicate: predicate.cloned(),
            tablespace: None,
            options: Vec::new(),
            constraint: None,
            parent: parent.cloned(),
            extension: None,
        });
        let partitions = self.catalog.children(table).filter(|row| row.partition_of.is_some());
        let partitions = partitions.filter(|row| row.kind != RelationKind::ForeignTable);
        for partition in partitions.map(|row| row.name.clone()).collect::<Vec<_>>() {
            self.build(&partition, column, predicate, Some(&name));
        }
    }

    /// The name that PostgreSQL would choose, or one like it that is free.
    fn free_name(&mut self, table: &QName, column: &Name) -> QName {
        let mut number = 0;
        loop {
            let ending = match number {
                0 => "_idx".to_owned(),
                number => format!("_idx{number}"),
            };
            let mut stem = format!("{}_{column}", table.name);
            stem.truncate(stem.floor_char_boundary(LONGEST - ending.len()));
            let name = QName::new(table.schema.clone(), format!("{stem}{ending}"));
            if self.names.insert(name.clone()) {
                return name;
            }
            number += 1;
        }
    }
}

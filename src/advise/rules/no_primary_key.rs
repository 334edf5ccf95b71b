use std::collections::BTreeMap;

use super::Rule;
use crate::advise::Context;
use crate::advise::context::is_replica_identity;
use crate::catalog::index::Index;
use crate::catalog::lookup::RelationRef;
use crate::catalog::relation::{Relation, RelationKind, ReplicaIdentity};
use crate::catalog::trigger::Event;
use crate::catalog::{Catalog, Name, QName};
use crate::ddl::mend;
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "no-primary-key",
    Severity::Info,
    "Nothing tells one row from another: duplicates cannot be told apart or removed, APIs and tools have no key to go by, and \
     logical replication cannot update or delete.",
    look,
);

fn look(context: &Context<'_>) -> Vec<Finding> {
    let published = Published::new(context.catalog);
    let findings = context.tables().filter_map(|table| {
        let indexes = context.indexes(&table.row.name);
        let is_identified = indexes.iter().any(|index| is_replica_identity(table.row, index));
        // A partition has its parent's key, or its parent has none.
        if !table.primary_key().is_empty() || is_identified || table.row.partition_of.is_some() {
            return None;
        }
        let finding = match published.by(table.row) {
            Some(publication) => RULE.about.finding_of(
                Severity::Error,
                table.row.name.to_string(),
                format!("it has no primary key, and {publication} publishes it: every UPDATE and DELETE fails"),
            ),
            None => RULE.about.finding(table.row.name.to_string(), "it has no primary key"),
        };
        let candidate = indexes.iter().find(|index| can_be_key(table, index));
        Some(match candidate {
            None => finding,
            Some(index) if index.constraint.is_none() => finding.with_fix(mend::primary_key_using(index)),
            Some(index) => finding.with_evidence(format!("its unique constraint {} could be it", index.name)),
        })
    });
    findings.collect()
}

/// Whether the index tells every row from every other, as that of a primary key does.
fn can_be_key(table: RelationRef<'_>, index: &Index) -> bool {
    let is_not_null = |column: &Option<Name>| {
        let column = column.as_ref().and_then(|column| table.column(column));
        column.is_some_and(|column| column.not_null)
    };
    table.row.kind == RelationKind::Table
        && (index.unique && index.valid && index.method == "btree" && index.predicate.is_none())
        && index
            .keys
            .iter()
            .all(|key| is_not_null(&key.column) && key.opclass.is_none() && !key.descending && !key.nulls_first)
}

/// What publications send of updates and deletions, each with one of them.
struct Published<'a> {
    all: Option<&'a Name>,
    schemas: BTreeMap<&'a Name, &'a Name>,
    tables: BTreeMap<&'a QName, &'a Name>,
}

impl<'a> Published<'a> {
    fn new(catalog: &'a Catalog) -> Self {
        let sends = |name: &Name| {
            let publication = catalog.publications.find(|row| row.name.cmp(name));
            let publish = publication.map(|row| row.publish.as_slice()).unwrap_or_default();
            publish.contains(&Event::Update) || publish.contains(&Event::Delete)
        };
        let all = catalog
            .publications
            .iter()
            .find(|row| row.all_tables && sends(&row.name));
        let schemas = catalog.publication_schemas.iter().filter(|row| sends(&row.publication));
        let tables = catalog.publication_tables.iter().filter(|row| sends(&row.publication));
        Self {
            all: all.map(|row| &row.name),
            schemas: schemas.map(|row| (&row.schema, &row.publication)).collect(),
            tables: tables.map(|row| (&row.relation, &row.publication)).collect(),
        }
    }

    /// A publication that fails for want of a key, unless all columns identify rows.
    fn by(&self, table: &Relation) -> Option<&'a Name> {
        let in_schema = || self.schemas.get(&table.name.schema).copied();
        let found = self
            .all
            .or_else(in_schema)
            .or_else(|| self.tables.get(&table.name).copied());
        // What is not logged is not sent.
        found.filter(|_| table.replica_identity != ReplicaIdentity::Full && !table.unlogged)
    }
}

//! Keeps of other people's schemas only what ours point at.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::column::DataType;
use crate::catalog::constraint::ConstraintKind;
use crate::catalog::types::TypeKind;
use crate::catalog::{Catalog, Name, ObjectId, QName, Rows};

/// Every type that something may be of, by its text.
pub(super) type DataTypes = BTreeMap<Name, DataType>;

/// Drops the reference-only rows that nothing of ours leads to, and adds the data types of what is left.
pub(super) fn prune(catalog: &mut Catalog, data_types: DataTypes) {
    let others = catalog.schemas.iter().filter(|schema| schema.reference_only);
    let others = others.map(|schema| schema.name.clone()).collect::<BTreeSet<_>>();
    if !others.is_empty() {
        let reached = Search::new(catalog, &data_types, &others).run();
        let schemas = reached.iter().map(|name| name.schema.clone()).collect::<BTreeSet<_>>();
        let schemas = schemas_named(catalog, schemas);
        let is_kept = |name: &QName| !others.contains(&name.schema) || reached.contains(name);
        catalog.relations.retain(|row| is_kept(&row.name));
        catalog.columns.retain(|row| is_kept(&row.relation));
        catalog.constraints.retain(|row| is_kept(&row.relation));
        catalog.types.retain(|row| is_kept(&row.name));
        catalog.domain_constraints.retain(|row| is_kept(&row.domain));
        catalog
            .schemas
            .retain(|row| !row.reference_only || schemas.contains(&row.name));
    }
    let mut used = BTreeSet::new();
    catalog.each_data_type(|data_type| {
        used.insert(data_type);
    });
    let used = used
        .into_iter()
        .filter_map(|sql| data_types.get(sql).cloned())
        .collect();
    catalog.data_types = Rows::sorted(used);
}

/// The schemas that something kept is in or depends on.
fn schemas_named(catalog: &Catalog, mut schemas: BTreeSet<Name>) -> BTreeSet<Name> {
    schemas.extend(catalog.extensions.iter().map(|extension| extension.schema.clone()));
    schemas.extend(catalog.edges.iter().filter_map(|edge| edge.to.schema().cloned()));
    schemas
}

/// A search through what ours point at, and what that points at in turn.
struct Search<'a> {
    catalog: &'a Catalog,
    data_types: &'a DataTypes,
    others: &'a BTreeSet<Name>,
    reached: BTreeSet<QName>,
    to_visit: Vec<&'a QName>,
}

impl<'a> Search<'a> {
    fn new(catalog: &'a Catalog, data_types: &'a DataTypes, others: &'a BTreeSet<Name>) -> Self {
        Self {
            catalog,
            data_types,
            others,
            reached: BTreeSet::new(),
            to_visit: Vec::new(),
        }
    }

    /// Relations and types; a type never has the name of a relation other than its own.
    fn run(mut self) -> BTreeSet<QName> {
        self.start();
        while let Some(name) = self.to_visit.pop() {
            if let Some(relation) = self.catalog.relation(name) {
                for column in relation.columns() {
                    self.mark_type(&column.data_type);
                    self.mark_if_any(column.origin.as_ref().map(|origin| &origin.relation));
                }
            }
            if let Some(row) = self.catalog.user_type(name) {
                row.each_data_type(|data_type| self.mark_type(data_type));
                match &row.kind {
                    TypeKind::Multirange { range } => self.mark(range),
                    TypeKind::Range(range) => self.mark_if_any(range.multirange.as_ref()),
                    _ => {}
                }
            }
        }
        self.reached
    }

    /// Follows every row of ours.
    fn start(&mut self) {
        let catalog = self.catalog;
        let others = self.others;
        let is_ours = |name: &QName| !others.contains(&name.schema);
        for relation in catalog.relations.iter().filter(|row| is_ours(&row.name)) {
            relation.inherits.iter().for_each(|parent| self.mark(parent));
            self.mark_if_any(relation.partition_of.as_ref().map(|partition| &partition.parent));
            self.mark_if_any(relation.of_type.as_ref());
        }
        for column in catalog.columns.iter().filter(|row| is_ours(&row.relation)) {
            self.mark_type(&column.data_type);
            self.mark_if_any(column.origin.as_ref().map(|origin| &origin.relation));
        }
        for constraint in catalog.constraints.iter().filter(|row| is_ours(&row.relation)) {
            if let ConstraintKind::ForeignKey(key) = &constraint.kind {
                self.mark(&key.references);
            }
        }
        for row in catalog.types.iter().filter(|row| is_ours(&row.name)) {
            row.each_data_type(|data_type| self.mark_type(data_type));
        }
        catalog
            .routines
            .iter()
            .for_each(|row| row.each_data_type(|data_type| self.mark_type(data_type)));
        catalog
            .operator_classes
            .iter()
            .for_each(|row| row.each_data_type(|data_type| self.mark_type(data_type)));
        for cast in &catalog.casts {
            self.mark_type(&cast.source);
            self.mark_type(&cast.target);
        }
        catalog.transforms.iter().for_each(|row| self.mark_type(&row.data_type));
        catalog
            .triggers
            .iter()
            .for_each(|row| self.mark_if_any(row.from.as_ref()));
        catalog.triggers.iter().for_each(|row| self.mark(&row.relation));
        catalog.policies.iter().for_each(|row| self.mark(&row.relation));
        catalog
            .publication_tables
            .iter()
            .for_each(|row| self.mark(&row.relation));
        catalog.edges.iter().for_each(|edge| self.mark_object(&edge.to));
    }

    fn mark_object(&mut self, object: &'a ObjectId) {
        use ObjectId::*;
        if let Type(name) | Table(name) | ForeignTable(name) | View(name) | MaterializedView(name) | Column(name, _) =
            object
        {
            self.mark(name);
        }
    }

    fn mark_type(&mut self, data_type: &Name) {
        self.mark_if_any(self.data_types.get(data_type).map(|data_type| &data_type.name));
    }

    fn mark_if_any(&mut self, name: Option<&'a QName>) {
        if let Some(name) = name {
            self.mark(name);
        }
    }

    fn mark(&mut self, name: &'a QName) {
        if self.others.contains(&name.schema) && self.reached.insert(name.clone()) {
            self.to_visit.push(name);
        }
    }
}

//! Ways of looking at a catalog: rows joined on demand, never stored.

use super::column::{Column, DataType};
use super::constraint::{Constraint, ConstraintKind, DomainConstraint};
#[cfg(feature = "plan")]
use super::policy::Policy;
use super::relation::Relation;
use super::schema::Schema;
#[cfg(feature = "plan")]
use super::trigger::Trigger;
use super::types::{Attribute, Type, TypeKind};
use super::{Catalog, Name, ObjectId, QName};

/// A relation together with the catalog that it is part of.
#[derive(Clone, Copy, Debug)]
pub struct RelationRef<'a> {
    /// The catalog.
    pub catalog: &'a Catalog,
    /// The relation's own row.
    pub row: &'a Relation,
}

impl Catalog {
    /// The relations, each with its catalog, by name.
    pub fn relation_refs(&self) -> impl Iterator<Item = RelationRef<'_>> {
        self.relations.iter().map(move |row| RelationRef { catalog: self, row })
    }

    /// The relation of this name.
    pub fn relation(&self, name: &QName) -> Option<RelationRef<'_>> {
        self.relations
            .find(|row| row.name.cmp(name))
            .map(|row| RelationRef { catalog: self, row })
    }

    /// The relations that inherit from this one, or are partitions of it.
    pub fn children<'a>(&'a self, parent: &'a QName) -> impl Iterator<Item = &'a Relation> {
        let relations = self.relations.iter();
        relations.filter(move |row| row.parents().any(|of| of == parent))
    }

    /// The user-defined type of this name.
    pub fn user_type(&self, name: &QName) -> Option<&Type> {
        self.types.find(|row| row.name.cmp(name))
    }

    /// The attribute of a composite type that a column's id stands for.
    pub fn attribute(&self, id: &ObjectId) -> Option<&Attribute> {
        let ObjectId::Column(name, attribute) = id else {
            return None;
        };
        match &self.user_type(name)?.kind {
            TypeKind::Composite { attributes } => attributes.iter().find(|row| row.name == *attribute),
            _ => None,
        }
    }

    /// What the text of a type means.
    pub fn data_type(&self, sql: &Name) -> Option<&DataType> {
        self.data_types.find(|row| row.sql.cmp(sql))
    }

    /// The constraints of a domain.
    pub fn domain_constraints_of(&self, domain: &QName) -> &[DomainConstraint] {
        self.domain_constraints.group(domain, |row| &row.domain)
    }

    /// The comment on an object.
    pub fn comment(&self, object: &ObjectId) -> Option<&str> {
        self.comments
            .find(|row| row.object.cmp(object))
            .map(|row| row.text.as_str())
            .filter(|text| !text.is_empty())
    }

    /// The schema of this name, where it is ours: neither the system's nor reference-only.
    pub fn own_schema(&self, name: &Name) -> Option<&Schema> {
        self.schemas
            .find(|row| row.name.cmp(name))
            .filter(|schema| !schema.reference_only)
    }
}

impl<'a> RelationRef<'a> {
    /// Its columns, in physical order.
    pub fn columns(self) -> &'a [Column] {
        self.catalog.columns.group(&self.row.name, |row| &row.relation)
    }

    /// The column of this name.
    pub fn column(self, name: &Name) -> Option<&'a Column> {
        self.columns().iter().find(|column| column.name == *name)
    }

    /// Its constraints, by name.
    pub fn constraints(self) -> &'a [Constraint] {
        self.catalog.constraints.group(&self.row.name, |row| &row.relation)
    }

    /// The columns of its primary key, in the key's order; empty where it has none.
    pub fn primary_key(self) -> &'a [Name] {
        let keys = self.constraints().iter().find_map(|constraint| match &constraint.kind {
            ConstraintKind::PrimaryKey { columns, .. } => Some(columns.as_slice()),
            _ => None,
        });
        keys.unwrap_or_default()
    }

    /// Its policies, by name.
    #[cfg(feature = "plan")]
    pub fn policies(self) -> &'a [Policy] {
        self.catalog.policies.group(&self.row.name, |row| &row.relation)
    }

    /// Its triggers, by name.
    #[cfg(feature = "plan")]
    pub fn triggers(self) -> &'a [Trigger] {
        self.catalog.triggers.group(&self.row.name, |row| &row.relation)
    }

    /// Its comment.
    pub fn comment(self) -> Option<&'a str> {
        self.catalog.comment(&self.row.object())
    }
}

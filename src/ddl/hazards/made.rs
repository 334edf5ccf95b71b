//! Hazards of what a migration makes, whatever the statement costs that makes it.

use super::super::{Statement, World};
use super::OUTSIDE;
use crate::catalog::access::Grant;
use crate::catalog::column::Column;
use crate::catalog::constraint::{Constraint, ConstraintKind, ForeignKey};
use crate::catalog::index::Index;
use crate::catalog::kin::Kin;
use crate::catalog::lookup::RelationRef;
use crate::catalog::relation::{Relation, RelationKind};
use crate::catalog::types::TypeKind;
use crate::catalog::{Catalog, Name, Object, QName};

/// How many columns of an index are usually enough.
const ENOUGH: usize = 3;

/// The statements that make `object`, the first of them with the hazards that it has and had not before.
pub(crate) fn labelled(mut statements: Vec<Statement>, object: Object<'_>, world: &World<'_>) -> Vec<Statement> {
    let Some(first) = statements.first_mut() else {
        return statements;
    };
    let found = found(object, world.to, world.after, world);
    if found.is_empty() {
        return statements;
    }
    let had = match world.from.object(&object.id()) {
        Some(before) => self::found(before, world.from, world.before, world),
        None => Vec::new(),
    };
    first
        .risk
        .hazards
        .extend(found.into_iter().filter(|id| !had.contains(id)));
    statements
}

fn found(object: Object<'_>, catalog: &Catalog, kin: &Kin<'_>, world: &World<'_>) -> Vec<&'static str> {
    let hazards = match object {
        Object::Relation(row) => match row.kind {
            RelationKind::Table | RelationKind::PartitionedTable => [
                is_open(row, catalog, world).then_some("new-table-without-rls"),
                runs_out(RelationRef { catalog, row }, kin).then_some("int-overflow"),
            ],
            RelationKind::View => [
                reads_past_guards(row, catalog).then_some("view-without-security-invoker"),
                None,
            ],
            _ => [None, None],
        },
        Object::Index(row) => [is_wide(row).then_some("index-too-wide"), None],
        Object::Constraint(row) => match &row.kind {
            ConstraintKind::ForeignKey(key) => [
                is_mismatched(row, key, catalog).then_some("fk-type-mismatch"),
                (!is_indexed(row, key, kin)).then_some("fk-column-not-indexed"),
            ],
            _ => [None, None],
        },
        _ => [None, None],
    };
    hazards.into_iter().flatten().collect()
}

/// Whether those from outside reach a table whose rows nothing guards: they are granted it, or it stands among tables
/// that are guarded where everybody looks.
fn is_open(row: &Relation, catalog: &Catalog, world: &World<'_>) -> bool {
    if row.row_security || row.partition_of.is_some() {
        return false;
    }
    let is_outside = |grant: &Grant| {
        let role = grant.grantee.as_deref().unwrap_or("public");
        OUTSIDE.contains(&role) && !grant.privileges.is_empty()
    };
    let is_among_guarded = || {
        let mut policies = world.from.policies.iter().chain(&world.to.policies);
        row.name.schema == "public" && policies.any(|policy| policy.relation.schema == row.name.schema)
    };
    catalog
        .grants
        .group(&row.object(), |grant| &grant.object)
        .iter()
        .any(is_outside)
        || is_among_guarded()
}

/// Whether a short integer counts in it, or identifies its rows.
fn runs_out(table: RelationRef<'_>, kin: &Kin<'_>) -> bool {
    let refers = |column: &Column| {
        table.constraints().iter().any(|row| match &row.kind {
            ConstraintKind::ForeignKey(key) => key.columns.contains(&column.name),
            _ => false,
        })
    };
    table.columns().iter().any(|column| {
        let draws = |default: &String| default.starts_with("nextval(");
        let counts =
            column.default.as_ref().is_some_and(draws) || kin.identity(&column.relation, &column.name).is_some();
        let is_key = table.primary_key() == [column.name.clone()] && !refers(column);
        match column.data_type.as_str() {
            "integer" => counts || is_key,
            "smallint" => counts,
            _ => false,
        }
    })
}

/// Whether a view reads a table with row-level security as its owner does.
fn reads_past_guards(row: &Relation, catalog: &Catalog) -> bool {
    let says_so = |option: &Name| matches!(option.as_str(), "security_invoker=true" | "security_invoker=on");
    let is_guarded = |name: &QName| catalog.relation(name).is_some_and(|read| read.row.row_security);
    let view = row.object();
    let read = catalog.edges.group(&view, |edge| &edge.from);
    let mut read = read.iter().filter_map(|edge| edge.to.qualified());
    !row.options.iter().any(says_so) && read.any(is_guarded)
}

fn is_wide(row: &Index) -> bool {
    row.method == "btree" && !row.unique && row.parent.is_none() && row.keys.len() > ENOUGH
}

/// Whether a referencing column is of another type than the one that it refers to.
fn is_mismatched(row: &Constraint, key: &ForeignKey, catalog: &Catalog) -> bool {
    let of = |relation: &QName, column: &Name| {
        let column = catalog.relation(relation)?.column(column)?;
        Some(base(catalog, &column.data_type))
    };
    let mut pairs = key.columns.iter().zip(&key.referenced_columns);
    pairs.any(|(own, other)| {
        let types = of(&row.relation, own).zip(of(&key.references, other));
        types.is_some_and(|(own, other)| own != other)
    })
}

/// What values of the type are compared as.
fn base<'a>(catalog: &'a Catalog, data_type: &'a Name) -> (&'a str, &'a str, bool) {
    let Some(named) = catalog.data_type(data_type) else {
        return ("", data_type, false);
    };
    let (schema, name) = (named.name.schema.as_str(), named.name.name.as_str());
    match catalog.user_type(&named.name).map(|row| &row.kind) {
        Some(TypeKind::Domain { base: under, .. }) if !named.array => base(catalog, under),
        _ if (schema, name) == ("pg_catalog", "varchar") => (schema, "text", named.array),
        _ => (schema, name, named.array),
    }
}

/// Whether an index begins with the columns, so that the rows that refer to one are found.
fn is_indexed(row: &Constraint, key: &ForeignKey, kin: &Kin<'_>) -> bool {
    kin.indexes(&row.relation).iter().any(|index| {
        let leading = index.keys.iter().take(key.columns.len());
        let leading = leading.filter_map(|key| key.column.as_ref()).collect::<Vec<_>>();
        let is_fit = index.predicate.is_none() && matches!(index.method.as_str(), "btree" | "hash");
        is_fit && leading.len() == key.columns.len() && key.columns.iter().all(|column| leading.contains(&column))
    })
}

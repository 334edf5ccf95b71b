//! Tables, views, materialised views and foreign tables (`pg_class`), and what else says how they are made.

use sqlx::postgres::PgRow;
use sqlx::{FromRow, Result};

use crate::catalog::Name;
use crate::catalog::relation::{PartitionOf, Relation, RelationKind, ReplicaIdentity, Writable};

use super::Reader;
use super::names::catalogs::PG_CLASS;
use super::names::{Class, Reach};
use super::values::{Oid, Texts, unknown};

#[derive(FromRow)]
struct Row<'r> {
    oid: Oid,
    schema: Oid,
    name: &'r str,
    kind: &'r str,
    row_type: Oid,
    owner: Oid,
    unlogged: bool,
    access_method: Option<&'r str>,
    tablespace: Option<&'r str>,
    options: Option<Texts>,
    toast_options: Option<Texts>,
    replica_identity: &'r str,
    replica_index: Option<&'r str>,
    row_security: bool,
    force_row_security: bool,
    of_type: Oid,
}

pub(super) fn take(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let row = Row::from_row(row)?;
    let name = reader.names.qualify(row.schema, row.name);
    let reach = reader.names.reach(reader.scope, row.schema, &name);
    let class = Class {
        name: name.clone(),
        kind: row.kind.bytes().next().unwrap_or_default(),
        reach,
        at: reader.draft.relations.len(),
        columns: Vec::new(),
    };
    reader.names.add_class(row.oid, class);
    reader.names.add_row_type(row.row_type, row.oid);
    if reach == Reach::Out || row.kind == "c" {
        return Ok(());
    }
    reader.draft.relations.push(Relation {
        name,
        kind: kind(row.kind)?,
        owner: reader.names.role(row.owner),
        unlogged: row.unlogged,
        access_method: row.access_method.map(Name::from),
        tablespace: row.tablespace.map(Name::from),
        options: options(row.options, row.toast_options),
        // Of what is never written to, the column says nothing.
        replica_identity: match row.kind {
            "r" | "p" => replica_identity(row.replica_identity, row.replica_index)?,
            _ => ReplicaIdentity::Default,
        },
        row_security: row.row_security,
        force_row_security: row.force_row_security,
        of_type: reader.names.type_name(row.of_type),
        inherits: Vec::new(),
        partition_of: None,
        partition_key: None,
        definition: None,
        writable: Writable::default(),
        server: None,
        foreign_options: Vec::new(),
        extension: reader.names.extension(PG_CLASS, row.oid),
    });
    Ok(())
}

fn kind(code: &str) -> Result<RelationKind> {
    Ok(match code {
        "r" => RelationKind::Table,
        "p" => RelationKind::PartitionedTable,
        "v" => RelationKind::View,
        "m" => RelationKind::MaterializedView,
        "f" => RelationKind::ForeignTable,
        _ => return Err(unknown("kind of relation", code)),
    })
}

fn replica_identity(code: &str, index: Option<&str>) -> Result<ReplicaIdentity> {
    Ok(match (code, index) {
        ("d", _) => ReplicaIdentity::Default,
        ("f", _) => ReplicaIdentity::Full,
        ("i", Some(index)) => ReplicaIdentity::Index(index.into()),
        // An index that is gone identifies nothing.
        ("n" | "i", _) => ReplicaIdentity::Nothing,
        _ => return Err(unknown("replica identity", code)),
    })
}

/// Options as `name=value`, in their own order; those of the TOAST table with their prefix.
fn options(own: Option<Texts>, toast: Option<Texts>) -> Vec<Name> {
    let mut options = own.map(Texts::into_names).unwrap_or_default();
    let toast = toast.map(|toast| toast.0).unwrap_or_default();
    options.extend(toast.iter().map(|option| Name::from(format!("toast.{option}"))));
    options
}

/// Changes the row of a relation that has one.
pub(super) fn amend(reader: &mut Reader<'_>, oid: Oid, change: impl FnOnce(&mut Relation)) {
    let Some(class) = reader.names.class(oid).filter(|class| class.reach != Reach::Out) else {
        return;
    };
    let row = reader.draft.relations.get_mut(class.at);
    if let Some(row) = row.filter(|row| row.name == class.name) {
        change(row);
    }
}

#[derive(FromRow)]
struct Inherits {
    child: Oid,
    parent: Oid,
}

pub(super) fn take_inherits(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let row = Inherits::from_row(row)?;
    reader.names.add_parent(row.child, row.parent);
    if let Some(parent) = reader.names.class(row.parent).map(|class| class.name.clone()) {
        amend(reader, row.child, |relation| relation.inherits.push(parent));
    }
    Ok(())
}

#[derive(FromRow)]
struct Partition {
    oid: Oid,
    key: Option<String>,
    bound: Option<String>,
}

pub(super) fn take_partition(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let row = Partition::from_row(row)?;
    amend(reader, row.oid, |relation| {
        relation.partition_key = row.key;
        relation.partition_of = row.bound.and_then(|bound| {
            let parent = relation.inherits.pop()?;
            Some(PartitionOf { parent, bound })
        });
    });
    Ok(())
}

#[derive(FromRow)]
struct ForeignTable<'r> {
    oid: Oid,
    server: &'r str,
}

pub(super) fn take_foreign_table(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let row = ForeignTable::from_row(row)?;
    let options = reader.take_foreign_options(PG_CLASS, row.oid, 0);
    amend(reader, row.oid, |relation| {
        relation.server = Some(row.server.into());
        relation.foreign_options = options;
    });
    Ok(())
}

//! Grants (the `…acl` columns) and default privileges (`pg_default_acl`).

use sqlx::postgres::PgRow;
use sqlx::{FromRow, Result};

use crate::catalog::access::{DefaultPrivilege, DefaultPrivilegeKind, Grant};
use crate::catalog::acl::Acl;
use crate::catalog::{ObjectId, QName};

use super::Reader;
use super::acl;
use super::values::{NONE, Oid, number, oid, optional_text, text, unknown};

/// By position: there may be tens of thousands.
pub(super) fn take(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let (catalog, object) = (oid(row, 0)?, oid(row, 1)?);
    let id = match optional_text(row, 8)? {
        Some(name) => Some(builtin(name, text(row, 7)?, optional_text(row, 9)?)),
        None => reader.names.object(catalog, object, number(row, 2)?),
    };
    // An extension's members count: what the extension itself granted is the baseline.
    let Some(id) = id.filter(|id| {
        id.schema().is_some_and(|schema| schema == "pg_catalog") || reader.is_in_scope(catalog, object, id)
    }) else {
        return Ok(());
    };
    let owner = reader.names.role(oid(row, 4)?);
    let baseline = match optional_text(row, 6)? {
        Some(initial) => acl::parse(initial)?,
        None => acl::default(text(row, 3)?, &owner, reader.major)?,
    };
    for ((grantee, grantor), held) in acl::differences(acl::parse(text(row, 5)?)?, &baseline) {
        reader.draft.grants.push(Grant {
            object: id.clone(),
            grantee,
            grantor,
            privileges: held.privileges,
            grantable: held.grantable,
        });
    }
    Ok(())
}

/// A relation or column of PostgreSQL's own.
fn builtin(name: &str, kind: &str, column: Option<&str>) -> ObjectId {
    let name = QName::new("pg_catalog", name);
    match column {
        Some(column) => ObjectId::Column(name, column.into()),
        None if kind == "v" => ObjectId::View(name),
        None => ObjectId::Table(name),
    }
}

#[derive(FromRow)]
struct Default<'r> {
    role: Oid,
    schema: Oid,
    objects: &'r str,
    acl: &'r str,
}

pub(super) fn take_default(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let row = Default::from_row(row)?;
    let schema = match row.schema {
        NONE => None,
        schema => match reader.own_schema(schema) {
            Some(name) => Some(name),
            None => return Ok(()),
        },
    };
    let (objects, kind) = match row.objects {
        "r" => (DefaultPrivilegeKind::Tables, "r"),
        "S" => (DefaultPrivilegeKind::Sequences, "s"),
        "f" => (DefaultPrivilegeKind::Functions, "f"),
        "T" => (DefaultPrivilegeKind::Types, "T"),
        "n" => (DefaultPrivilegeKind::Schemas, "n"),
        "L" => (DefaultPrivilegeKind::LargeObjects, "L"),
        other => return Err(unknown("kind of default privilege", other)),
    };
    let role = reader.names.role(row.role);
    // Those of a schema are added to those of the whole database, which stand in the built-in ones' place.
    let baseline = match schema {
        Some(_) => Acl::new(),
        None => acl::default(kind, &role, reader.major)?,
    };
    for ((grantee, _), held) in acl::differences(acl::parse(row.acl)?, &baseline) {
        reader.draft.default_privileges.push(DefaultPrivilege {
            role: role.clone(),
            schema: schema.clone(),
            objects,
            grantee,
            privileges: held.privileges,
            grantable: held.grantable,
        });
    }
    Ok(())
}

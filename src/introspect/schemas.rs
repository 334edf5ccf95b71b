//! Schemas (`pg_namespace`).

use sqlx::postgres::PgRow;
use sqlx::{FromRow, Result};

use crate::catalog::schema::Schema;
use crate::catalog::scope::Standing;
use crate::catalog::{Name, OperatorId};

use super::Reader;
use super::names::catalogs::PG_NAMESPACE;
use super::values::Oid;

#[derive(FromRow)]
struct Row<'r> {
    oid: Oid,
    name: &'r str,
    owner: Oid,
}

pub(super) fn take(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let row = Row::from_row(row)?;
    let name = Name::from(row.name);
    let standing = reader.scope.standing(&name);
    reader.names.add_schema(row.oid, name.clone(), standing);
    if standing != Standing::System {
        reader.draft.schemas.push(Schema {
            name,
            owner: reader.names.role(row.owner),
            reference_only: standing == Standing::ReferenceOnly,
            extension: reader.names.extension(PG_NAMESPACE, row.oid),
        });
    }
    Ok(())
}

#[derive(FromRow)]
struct CollationName<'r> {
    oid: Oid,
    schema: Oid,
    name: &'r str,
}

pub(super) fn take_collation_name(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let row = CollationName::from_row(row)?;
    let name = reader.names.qualify(row.schema, row.name);
    reader.names.add_collation(row.oid, name);
    Ok(())
}

#[derive(FromRow)]
struct OperatorName<'r> {
    oid: Oid,
    schema: Oid,
    name: &'r str,
    left: Oid,
    right: Oid,
}

pub(super) fn take_operator_name(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let row = OperatorName::from_row(row)?;
    let id = OperatorId {
        name: reader.names.qualify(row.schema, row.name),
        left: reader.names.optional_type(row.left),
        right: reader.names.optional_type(row.right),
    };
    reader.names.add_operator(row.oid, id);
    Ok(())
}

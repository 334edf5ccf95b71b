//! Schemas (`pg_namespace`).

use sqlx::postgres::PgRow;
use sqlx::{FromRow, Result};

use crate::catalog::Name;
use crate::catalog::schema::Schema;
use crate::catalog::scope::Standing;

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

//! Roles (`pg_roles`, which everybody may read).

use sqlx::postgres::PgRow;
use sqlx::{FromRow, Result};

use super::Reader;
use super::values::Oid;

#[derive(FromRow)]
struct Role<'r> {
    oid: Oid,
    name: &'r str,
}

pub(super) fn take(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let role = Role::from_row(row)?;
    reader.names.add_role(role.oid, role.name);
    Ok(())
}

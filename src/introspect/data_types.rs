//! Types with their modifiers, as columns, arguments and domains are of them (`pg_type`).

use sqlx::postgres::PgRow;
use sqlx::{FromRow, Result};

use crate::catalog::column::DataType;

use super::Reader;
use super::names::TypeUse;
use super::values::Oid;

#[derive(FromRow)]
struct Row<'r> {
    oid: Oid,
    modifier: i32,
    sql: &'r str,
    schema: Oid,
    name: &'r str,
    is_array: bool,
    relation: Oid,
    collation: Oid,
    storage: &'r str,
    base: Oid,
}

pub(super) fn take(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let row = Row::from_row(row)?;
    let data_type = TypeUse {
        row: DataType {
            sql: row.sql.into(),
            name: reader.names.qualify(row.schema, row.name),
            array: row.is_array,
            modifier: (row.modifier >= 0).then_some(row.modifier),
        },
        relation: row.relation,
        collation: row.collation,
        storage: row.storage.bytes().next().unwrap_or_default(),
        base: row.base,
    };
    reader.names.add_data_type(row.oid, row.modifier, data_type);
    Ok(())
}

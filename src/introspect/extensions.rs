//! Extensions (`pg_extension`) and what belongs to them.

use sqlx::postgres::PgRow;
use sqlx::{FromRow, Result};

use crate::catalog::schema::Extension;
use crate::catalog::{Name, ObjectId};

use super::Reader;
use super::names::catalogs::PG_EXTENSION;
use super::values::Oid;

#[derive(FromRow)]
struct Row<'r> {
    oid: Oid,
    name: &'r str,
    schema: &'r str,
    version: &'r str,
    relocatable: bool,
}

pub(super) fn take(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let row = Row::from_row(row)?;
    let name = Name::from(row.name);
    reader
        .names
        .add_object(PG_EXTENSION, row.oid, ObjectId::Extension(name.clone()));
    reader.draft.extensions.push(Extension {
        name,
        schema: row.schema.into(),
        version: row.version.into(),
        pinned: false,
        relocatable: row.relocatable,
    });
    Ok(())
}

#[derive(FromRow)]
struct Default<'r> {
    name: &'r str,
    version: &'r str,
}

pub(super) fn take_default(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let row = Default::from_row(row)?;
    let mut extensions = reader.draft.extensions.iter_mut();
    if let Some(extension) = extensions.find(|extension| extension.name == row.name) {
        extension.pinned = extension.version != row.version;
    }
    Ok(())
}

#[derive(FromRow)]
struct Member {
    extension: Oid,
    catalog: Oid,
    object: Oid,
}

pub(super) fn take_member(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let member = Member::from_row(row)?;
    if let Some(ObjectId::Extension(extension)) = reader.names.object(PG_EXTENSION, member.extension, 0) {
        reader.names.add_member(member.catalog, member.object, extension);
    }
    Ok(())
}

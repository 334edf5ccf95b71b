//! Procedural languages, transforms and access methods (`pg_language`, `pg_transform`, `pg_am`).

use sqlx::postgres::PgRow;
use sqlx::{FromRow, Result};

use crate::catalog::language::{AccessMethod, Language, Transform};
use crate::catalog::{Name, ObjectId};

use super::Reader;
use super::names::catalogs::{PG_AM, PG_LANGUAGE, PG_TRANSFORM};
use super::values::Oid;

#[derive(FromRow)]
struct Row<'r> {
    oid: Oid,
    name: &'r str,
    owner: Oid,
    builtin: bool,
    trusted: bool,
    handler: Oid,
    inline: Oid,
    validator: Oid,
}

pub(super) fn take(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let row = Row::from_row(row)?;
    let object = ObjectId::Language(row.name.into());
    if !row.builtin && reader.is_ours(PG_LANGUAGE, row.oid, &object) {
        reader.draft.languages.push(Language {
            name: row.name.into(),
            owner: reader.names.role(row.owner),
            trusted: row.trusted,
            handler: reader.names.routine_name(row.handler),
            inline: reader.names.routine_name(row.inline),
            validator: reader.names.routine_name(row.validator),
        });
    }
    reader.names.add_object(PG_LANGUAGE, row.oid, object);
    Ok(())
}

#[derive(FromRow)]
struct TransformRow<'r> {
    oid: Oid,
    data_type: Oid,
    language: &'r str,
    from_sql: Oid,
    to_sql: Oid,
}

pub(super) fn take_transform(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let row = TransformRow::from_row(row)?;
    let transform = Transform {
        data_type: reader.names.data_type(row.data_type, -1),
        language: row.language.into(),
        from_sql: reader.names.routine_name(row.from_sql),
        to_sql: reader.names.routine_name(row.to_sql),
    };
    let object = transform.object();
    if reader.is_ours(PG_TRANSFORM, row.oid, &object) {
        reader.draft.transforms.push(transform);
    }
    reader.names.add_object(PG_TRANSFORM, row.oid, object);
    Ok(())
}

#[derive(FromRow)]
struct MethodRow<'r> {
    oid: Oid,
    name: &'r str,
    for_tables: bool,
    handler: Oid,
}

pub(super) fn take_access_method(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let row = MethodRow::from_row(row)?;
    let name = Name::from(row.name);
    let object = ObjectId::AccessMethod(name.clone());
    if reader.is_ours(PG_AM, row.oid, &object)
        && let Some(handler) = reader.names.routine_name(row.handler)
    {
        reader.draft.access_methods.push(AccessMethod {
            name,
            for_tables: row.for_tables,
            handler,
        });
    }
    reader.names.add_object(PG_AM, row.oid, object);
    Ok(())
}

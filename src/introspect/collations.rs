//! Collations and encoding conversions (`pg_collation`, `pg_conversion`).

use sqlx::postgres::PgRow;
use sqlx::{FromRow, Result};

use crate::catalog::ObjectId;
use crate::catalog::operator::{Collation, Conversion};

use super::Reader;
use super::names::catalogs::{PG_COLLATION, PG_CONVERSION};
use super::values::{Oid, unknown};

#[derive(FromRow)]
struct Row<'r> {
    oid: Oid,
    schema: Oid,
    name: &'r str,
    owner: Oid,
    provider: &'r str,
    deterministic: bool,
    lc_collate: Option<&'r str>,
    lc_ctype: Option<&'r str>,
    locale: Option<&'r str>,
    rules: Option<&'r str>,
}

pub(super) fn take(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let row = Row::from_row(row)?;
    let name = reader.names.qualify(row.schema, row.name);
    let object = ObjectId::Collation(name.clone());
    reader.names.add_object(PG_COLLATION, row.oid, object.clone());
    if !reader.is_ours(PG_COLLATION, row.oid, &object) {
        return Ok(());
    }
    // Older servers keep an ICU collation's one locale in both places.
    let same = row.lc_collate.filter(|_| row.lc_collate == row.lc_ctype);
    let locale = row.locale.or(same);
    let apart = |value: Option<&str>| value.filter(|_| locale.is_none()).map(str::to_owned);
    reader.draft.collations.push(Collation {
        name,
        owner: reader.names.role(row.owner),
        provider: match row.provider {
            "c" => "libc",
            "i" => "icu",
            "b" => "builtin",
            "d" => "default",
            other => return Err(unknown("provider of collations", other)),
        }
        .into(),
        deterministic: row.deterministic,
        locale: locale.map(str::to_owned),
        lc_collate: apart(row.lc_collate),
        lc_ctype: apart(row.lc_ctype),
        rules: row.rules.map(str::to_owned),
    });
    Ok(())
}

#[derive(FromRow)]
struct ConversionRow<'r> {
    oid: Oid,
    schema: Oid,
    name: &'r str,
    owner: Oid,
    default: bool,
    source: &'r str,
    target: &'r str,
    function: Oid,
}

pub(super) fn take_conversion(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let row = ConversionRow::from_row(row)?;
    let name = reader.names.qualify(row.schema, row.name);
    let object = ObjectId::Conversion(name.clone());
    let Some(function) = reader.names.routine_name(row.function) else {
        return Ok(());
    };
    reader.names.add_object(PG_CONVERSION, row.oid, object.clone());
    if reader.is_ours(PG_CONVERSION, row.oid, &object) {
        reader.draft.conversions.push(Conversion {
            name,
            owner: reader.names.role(row.owner),
            default: row.default,
            source: row.source.into(),
            target: row.target.into(),
            function,
        });
    }
    Ok(())
}

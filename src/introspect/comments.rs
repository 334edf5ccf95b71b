//! Comments (`pg_description`, `pg_shdescription`) and security labels (`pg_seclabel`, `pg_shseclabel`).

use sqlx::postgres::PgRow;
use sqlx::{FromRow, Result};

use crate::catalog::ObjectId;
use crate::catalog::comment::{Comment, SecurityLabel};

use super::Reader;
use super::values::{Oid, number, oid, text};

/// What initdb says of the schema `public`.
const STANDARD_PUBLIC_SCHEMA: &str = "standard public schema";

/// By position: there may be a hundred thousand.
pub(super) fn take(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    if let Some(object) = reader.own_object(oid(row, 0)?, oid(row, 1)?, number(row, 2)?) {
        let text = text(row, 3)?;
        if text == STANDARD_PUBLIC_SCHEMA && object == ObjectId::Schema("public".into()) {
            return Ok(());
        }
        reader.draft.comments.push(Comment {
            object,
            text: text.to_owned(),
        });
    }
    Ok(())
}

#[derive(FromRow)]
struct Label<'r> {
    class: Oid,
    oid: Oid,
    column: i32,
    provider: &'r str,
    label: &'r str,
}

pub(super) fn take_label(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let row = Label::from_row(row)?;
    if let Some(object) = reader.own_object(row.class, row.oid, row.column) {
        reader.draft.security_labels.push(SecurityLabel {
            object,
            provider: row.provider.into(),
            label: row.label.to_owned(),
        });
    }
    Ok(())
}

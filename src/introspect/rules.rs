//! Rewrite rules (`pg_rewrite`).

use sqlx::postgres::PgRow;
use sqlx::{FromRow, Result};

use crate::catalog::trigger::{Event, Rule};

use super::Reader;
use super::names::catalogs::{PG_CLASS, PG_REWRITE};
use super::names::{Class, Reach};
use super::triggers::enabled;
use super::values::{Oid, unknown};

#[derive(FromRow)]
struct Row<'r> {
    oid: Oid,
    relation: Oid,
    name: &'r str,
    definition: &'r str,
    event: &'r str,
    instead: bool,
    enabled: &'r str,
}

pub(super) fn take(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let row = Row::from_row(row)?;
    let names = &reader.names;
    let (
        Some(Class {
            name,
            reach: Reach::Whole,
            ..
        }),
        None,
    ) = (names.class(row.relation), names.extension(PG_CLASS, row.relation))
    else {
        return Ok(());
    };
    let rule = Rule {
        relation: name.clone(),
        name: row.name.into(),
        definition: row.definition.to_owned(),
        event: match row.event {
            "1" => Event::Select,
            "2" => Event::Update,
            "3" => Event::Insert,
            "4" => Event::Delete,
            other => return Err(unknown("event of a rule", other)),
        },
        instead: row.instead,
        enabled: enabled(row.enabled)?,
    };
    reader.names.add_object(PG_REWRITE, row.oid, rule.object());
    reader.draft.rules.push(rule);
    Ok(())
}

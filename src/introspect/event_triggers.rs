//! Event triggers (`pg_event_trigger`).

use sqlx::postgres::PgRow;
use sqlx::{FromRow, Result};

use crate::catalog::trigger::EventTrigger;
use crate::catalog::{Name, ObjectId, scope};

use super::Reader;
use super::names::catalogs::PG_EVENT_TRIGGER;
use super::triggers::enabled;
use super::values::{Oid, Texts};

#[derive(FromRow)]
struct Row<'r> {
    oid: Oid,
    name: &'r str,
    owner: Oid,
    event: &'r str,
    tags: Option<Texts>,
    function: Oid,
    enabled: &'r str,
}

pub(super) fn take(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let row = Row::from_row(row)?;
    let Some(function) = reader.names.routine(row.function).cloned() else {
        return Ok(());
    };
    // One that tells `pgkeel watch` of changes is no part of what it watches.
    if scope::is_history(&function.name.schema) {
        return Ok(());
    }
    let name = Name::from(row.name);
    let mut tags: Vec<Name> = row.tags.unwrap_or_default().0.into_iter().map(Into::into).collect();
    tags.sort();
    reader
        .names
        .add_object(PG_EVENT_TRIGGER, row.oid, ObjectId::EventTrigger(name.clone()));
    reader.draft.event_triggers.push(EventTrigger {
        name,
        owner: reader.names.role(row.owner),
        event: row.event.into(),
        tags,
        function,
        enabled: enabled(row.enabled)?,
        extension: reader.names.extension(PG_EVENT_TRIGGER, row.oid),
    });
    Ok(())
}

//! Triggers (`pg_trigger`).

use sqlx::postgres::PgRow;
use sqlx::{FromRow, Result};

use crate::catalog::scope::Standing;
use crate::catalog::trigger::{Enabled, Event, Timing, Trigger};

use super::Reader;
use super::names::Reach;
use super::names::catalogs::{PG_CLASS, PG_TRIGGER};
use super::values::{NONE, Oid, Texts, int2vector, unknown};

/// Bits of `tgtype` (`pg_trigger.h`).
mod bits {
    pub(super) const ROW: i16 = 1;
    pub(super) const BEFORE: i16 = 2;
    pub(super) const INSERT: i16 = 4;
    pub(super) const DELETE: i16 = 8;
    pub(super) const UPDATE: i16 = 16;
    pub(super) const TRUNCATE: i16 = 32;
    pub(super) const INSTEAD: i16 = 64;
}

#[derive(FromRow)]
struct Row<'r> {
    oid: Oid,
    relation: Oid,
    name: &'r str,
    definition: &'r str,
    kind: i16,
    columns: &'r str,
    function: Oid,
    arguments: Option<Texts>,
    constraint: bool,
    deferrable: bool,
    initially_deferred: bool,
    from: Oid,
    old_table: Option<&'r str>,
    new_table: Option<&'r str>,
    enabled: &'r str,
    inherited: bool,
}

pub(super) fn take(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let row = Row::from_row(row)?;
    let names = &reader.names;
    let class = names.class(row.relation);
    let Some(relation) = class.filter(|class| reader.is_open_to_users(row.relation, class)) else {
        return Ok(());
    };
    let (Some(function), None) = (names.routine(row.function), names.extension(PG_CLASS, row.relation)) else {
        return Ok(());
    };
    // A platform's own triggers call functions that stand beside the table; those of users call others: their own, an
    // extension's, or one that the platform has for them.
    let (beside, called) = (&relation.name.schema, &function.name.schema);
    let is_elsewhere = reader.scope.standing(called) == Standing::ReferenceOnly && !reader.scope.is_platforms(called);
    if relation.reach == Reach::Reference && (beside == called || is_elsewhere) {
        return Ok(());
    }
    let has = |bit| row.kind & bit != 0;
    let trigger = Trigger {
        relation: relation.name.clone(),
        name: row.name.into(),
        definition: row.definition.to_owned(),
        timing: match () {
            () if has(bits::BEFORE) => Timing::Before,
            () if has(bits::INSTEAD) => Timing::InsteadOf,
            () => Timing::After,
        },
        events: [
            (bits::INSERT, Event::Insert),
            (bits::UPDATE, Event::Update),
            (bits::DELETE, Event::Delete),
            (bits::TRUNCATE, Event::Truncate),
        ]
        .into_iter()
        .filter(|(bit, _)| has(*bit))
        .map(|(_, event)| event)
        .collect(),
        for_each_row: has(bits::ROW),
        columns: names.columns(row.relation, &int2vector(row.columns)?),
        function: function.clone(),
        arguments: row.arguments.unwrap_or_default().0,
        constraint: row.constraint,
        deferrable: row.deferrable,
        initially_deferred: row.initially_deferred,
        from: match row.from {
            NONE => None,
            from => names.class(from).map(|class| class.name.clone()),
        },
        old_table: row.old_table.map(Into::into),
        new_table: row.new_table.map(Into::into),
        enabled: enabled(row.enabled)?,
        inherited: row.inherited,
    };
    reader.names.add_object(PG_TRIGGER, row.oid, trigger.object());
    reader.draft.triggers.push(trigger);
    Ok(())
}

/// The state of a trigger, event trigger or rule.
pub(super) fn enabled(value: &str) -> Result<Enabled> {
    Ok(match value {
        "O" => Enabled::Origin,
        "D" => Enabled::Disabled,
        "R" => Enabled::Replica,
        "A" => Enabled::Always,
        other => return Err(unknown("state of a trigger", other)),
    })
}

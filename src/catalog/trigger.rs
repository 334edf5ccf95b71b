//! Triggers, event triggers and rewrite rules (`pg_trigger`, `pg_event_trigger`, `pg_rewrite`).

use serde::{Deserialize, Serialize};

use super::id::{ObjectId, RoutineId};
use super::name::{Name, QName};
use super::{is_default, row};

/// A trigger that a user made, not a constraint's own. A partition's copy of its parent's has a row only where its
/// state is its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trigger {
    /// The relation it belongs to.
    pub relation: QName,
    /// Its name (`tgname`).
    pub name: Name,
    /// The whole statement (`pg_get_triggerdef`): the only place that has the `WHEN` condition.
    pub definition: String,
    /// When it fires.
    pub timing: Timing,
    /// What it fires on.
    pub events: Vec<Event>,
    /// Whether it fires for each row, rather than for each statement.
    #[serde(default, skip_serializing_if = "is_default")]
    pub for_each_row: bool,
    /// The columns of `UPDATE OF` (`tgattr`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub columns: Vec<Name>,
    /// The function it calls (`tgfoid`).
    pub function: RoutineId,
    /// The arguments it passes (`tgargs`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub arguments: Vec<String>,
    /// Whether it is a constraint trigger (`tgconstraint`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub constraint: bool,
    /// Whether a constraint trigger can be deferred.
    #[serde(default, skip_serializing_if = "is_default")]
    pub deferrable: bool,
    /// Whether a constraint trigger is deferred unless told otherwise.
    #[serde(default, skip_serializing_if = "is_default")]
    pub initially_deferred: bool,
    /// The other table of a constraint trigger (`tgconstrrelid`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub from: Option<QName>,
    /// The name of the old transition table.
    #[serde(default, skip_serializing_if = "is_default")]
    pub old_table: Option<Name>,
    /// The name of the new transition table.
    #[serde(default, skip_serializing_if = "is_default")]
    pub new_table: Option<Name>,
    /// When it is enabled (`tgenabled`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub enabled: Enabled,
    /// Whether it is a partition's copy of its parent's (`tgparentid`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub inherited: bool,
}

/// When a trigger fires relative to its event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Timing {
    /// `BEFORE`.
    Before,
    /// `AFTER`.
    After,
    /// `INSTEAD OF`.
    InsteadOf,
}

/// What a trigger, rule or policy is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// `SELECT`.
    Select,
    /// `INSERT`.
    Insert,
    /// `UPDATE`.
    Update,
    /// `DELETE`.
    Delete,
    /// `TRUNCATE`.
    Truncate,
}

/// When a trigger or rule is enabled (`tgenabled`, `ev_enabled`, `evtenabled`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Enabled {
    /// In ordinary sessions (O).
    #[default]
    Origin,
    /// Never (D).
    Disabled,
    /// In sessions that replicate only (R).
    Replica,
    /// In every session (A).
    Always,
}

/// An event trigger.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventTrigger {
    /// Its name (`evtname`).
    pub name: Name,
    /// The owning role.
    pub owner: Name,
    /// What it fires on (`evtevent`), such as `ddl_command_end`.
    pub event: Name,
    /// The command tags it is limited to (`evttags`), sorted.
    #[serde(default, skip_serializing_if = "is_default")]
    pub tags: Vec<Name>,
    /// The function it calls.
    pub function: RoutineId,
    /// When it is enabled.
    #[serde(default, skip_serializing_if = "is_default")]
    pub enabled: Enabled,
    /// The extension that it is a member of.
    #[serde(default, skip_serializing_if = "is_default")]
    pub extension: Option<Name>,
}

/// A rewrite rule other than the one that makes a view a view.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The relation it belongs to.
    pub relation: QName,
    /// Its name (`rulename`).
    pub name: Name,
    /// The whole statement (`pg_get_ruledef`).
    pub definition: String,
    /// What it fires on.
    pub event: Event,
    /// Whether it replaces the command.
    #[serde(default, skip_serializing_if = "is_default")]
    pub instead: bool,
    /// When it is enabled.
    #[serde(default, skip_serializing_if = "is_default")]
    pub enabled: Enabled,
}

row!(Trigger, (&'a QName, &'a Name), |row| (&row.relation, &row.name));
row!(EventTrigger, &'a Name, |row| &row.name);
row!(Rule, (&'a QName, &'a Name), |row| (&row.relation, &row.name));

impl Trigger {
    /// The trigger's identity.
    pub fn object(&self) -> ObjectId {
        ObjectId::Trigger(self.relation.clone(), self.name.clone())
    }
}

impl Rule {
    /// The rule's identity.
    pub fn object(&self) -> ObjectId {
        ObjectId::Rule(self.relation.clone(), self.name.clone())
    }
}

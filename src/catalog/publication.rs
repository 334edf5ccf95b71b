//! Publications and subscriptions of logical replication.

use serde::{Deserialize, Serialize};

use super::name::{Name, QName};
use super::trigger::Event;
use super::{is_default, row};

/// A publication (`pg_publication`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Publication {
    /// Its name.
    pub name: Name,
    /// The owning role.
    pub owner: Name,
    /// Whether it is `FOR ALL TABLES`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub all_tables: bool,
    /// What it publishes, sorted.
    pub publish: Vec<Event>,
    /// Whether a partition's changes are published as the root's (`pubviaroot`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub via_root: bool,
    /// Whether stored generated columns are published (`pubgencols`, PostgreSQL 18).
    #[serde(default, skip_serializing_if = "is_default")]
    pub generated_columns: bool,
}

/// A table in a publication (`pg_publication_rel`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicationTable {
    /// The publication.
    pub publication: Name,
    /// The table.
    pub relation: QName,
    /// The columns it is limited to (`prattrs`), sorted; empty for all.
    #[serde(default, skip_serializing_if = "is_default")]
    pub columns: Vec<Name>,
    /// The rows it is limited to (`prqual`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub filter: Option<String>,
}

/// A schema in a publication (`pg_publication_namespace`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicationSchema {
    /// The publication.
    pub publication: Name,
    /// The schema.
    pub schema: Name,
}

/// A subscription (`pg_subscription`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subscription {
    /// Its name.
    pub name: Name,
    /// The owning role.
    pub owner: Name,
    /// Whether it is enabled.
    #[serde(default, skip_serializing_if = "is_default")]
    pub enabled: bool,
    /// The connection string (`subconninfo`), where it holds no secret; only superusers may read it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub connection: Option<String>,
    /// The publications it subscribes to, sorted.
    pub publications: Vec<Name>,
    /// The replication slot.
    #[serde(default, skip_serializing_if = "is_default")]
    pub slot: Option<Name>,
    /// Other options as `name=value`, sorted: those that are not what PostgreSQL 14 would do.
    #[serde(default, skip_serializing_if = "is_default")]
    pub options: Vec<Name>,
}

row!(Publication, &'a Name, |row| &row.name);
row!(PublicationTable, (&'a Name, &'a QName), |row| (
    &row.publication,
    &row.relation
));
row!(PublicationSchema, (&'a Name, &'a Name), |row| (
    &row.publication,
    &row.schema
));
row!(Subscription, &'a Name, |row| &row.name);

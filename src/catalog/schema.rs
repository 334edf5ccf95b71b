//! Schemas and extensions.

use serde::Deserialize;
#[cfg(feature = "plan")]
use serde::Serialize;

use super::name::Name;
#[cfg(feature = "plan")]
use super::{is_default, is_true};
use super::{row, yes};

/// A schema (`pg_namespace`).
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[cfg_attr(feature = "plan", derive(Serialize))]
#[serde(deny_unknown_fields)]
pub struct Schema {
    /// Its name.
    pub name: Name,
    /// The owning role.
    pub owner: Name,
    /// Whether it is only read where ours point at it, and neither emitted nor compared.
    #[serde(default, skip_serializing_if = "is_default")]
    pub reference_only: bool,
    /// The extension that it is a member of.
    #[serde(default, skip_serializing_if = "is_default")]
    pub extension: Option<Name>,
}

/// An installed extension (`pg_extension`). Its members are its own matter: only its types and relations have rows,
/// because ours may be of them.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[cfg_attr(feature = "plan", derive(Serialize))]
#[serde(deny_unknown_fields)]
pub struct Extension {
    /// Its name.
    pub name: Name,
    /// The schema that holds its objects.
    pub schema: Name,
    /// Its version.
    pub version: Name,
    /// Whether that is another version than the server gives by itself (`pg_available_extensions.default_version`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub pinned: bool,
    /// Whether it can be moved to another schema (`extrelocatable`).
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub relocatable: bool,
}

row!(Schema, &'a Name, |row| &row.name);
row!(Extension, &'a Name, |row| &row.name);

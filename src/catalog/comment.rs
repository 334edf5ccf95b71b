//! Comments (`pg_description`) and security labels (`pg_seclabel`).

use serde::Deserialize;
#[cfg(feature = "plan")]
use serde::Serialize;

use super::id::ObjectId;
#[cfg(feature = "plan")]
use super::name::Name;
use super::row;

/// A comment (`pg_description`, `pg_shdescription`).
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[cfg_attr(feature = "plan", derive(Serialize))]
#[serde(deny_unknown_fields)]
pub struct Comment {
    /// The object.
    pub object: ObjectId,
    /// The text; empty where the schema `public` has no longer the one that initdb gives it, which has no row.
    pub text: String,
}

/// A security label (`pg_seclabel`).
#[cfg(feature = "plan")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecurityLabel {
    /// The object.
    pub object: ObjectId,
    /// The label provider.
    pub provider: Name,
    /// The label.
    pub label: String,
}

row!(Comment, &'a ObjectId, |row| &row.object);
#[cfg(feature = "plan")]
row!(SecurityLabel, (&'a ObjectId, &'a Name), |row| (
    &row.object,
    &row.provider
));

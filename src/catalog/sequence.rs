//! Sequences (`pg_sequence`).

use serde::{Deserialize, Serialize};

use super::column::ColumnRef;
use super::id::ObjectId;
use super::name::{Name, QName};
use super::{is_default, row};

/// A sequence, that of an identity column included.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sequence {
    /// Schema and name.
    pub name: QName,
    /// The owning role.
    pub owner: Name,
    /// Its type (`seqtypid`): smallint, integer or bigint.
    #[serde(rename = "type")]
    pub data_type: Name,
    /// `START`.
    pub start: i64,
    /// `INCREMENT`.
    pub increment: i64,
    /// `MINVALUE`.
    pub min: i64,
    /// `MAXVALUE`.
    pub max: i64,
    /// `CACHE`.
    pub cache: i64,
    /// `CYCLE`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub cycle: bool,
    /// Whether it is unlogged; one that belongs to a column is so where its table is.
    #[serde(default, skip_serializing_if = "is_default")]
    pub unlogged: bool,
    /// The column that it belongs to (`OWNED BY`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub owned_by: Option<ColumnRef>,
    /// Whether it is the inner sequence of the identity column in `owned_by`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub identity: bool,
    /// The extension that it is a member of.
    #[serde(default, skip_serializing_if = "is_default")]
    pub extension: Option<Name>,
}

row!(Sequence, &'a QName, |row| &row.name);

impl Sequence {
    /// The sequence's identity.
    pub fn object(&self) -> ObjectId {
        ObjectId::Sequence(self.name.clone())
    }
}

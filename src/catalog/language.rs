//! Languages, access methods and transforms.

use serde::{Deserialize, Serialize};

use super::id::ObjectId;
use super::name::{Name, QName};
use super::{is_default, row};

/// A procedural language (`pg_language`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Language {
    /// Its name.
    pub name: Name,
    /// The owning role.
    pub owner: Name,
    /// Whether users without special rights may use it (`lanpltrusted`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub trusted: bool,
    /// The call handler.
    pub handler: Option<QName>,
    /// The inline handler.
    #[serde(default, skip_serializing_if = "is_default")]
    pub inline: Option<QName>,
    /// The validator.
    #[serde(default, skip_serializing_if = "is_default")]
    pub validator: Option<QName>,
}

/// An access method (`pg_am`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccessMethod {
    /// Its name.
    pub name: Name,
    /// Whether it is for tables, rather than for indexes (`amtype`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub for_tables: bool,
    /// The handler function.
    pub handler: QName,
}

/// A transform (`pg_transform`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transform {
    /// The type: the key of a data type.
    #[serde(rename = "type")]
    pub data_type: Name,
    /// The language.
    pub language: Name,
    /// The function from SQL.
    #[serde(default, skip_serializing_if = "is_default")]
    pub from_sql: Option<QName>,
    /// The function to SQL.
    #[serde(default, skip_serializing_if = "is_default")]
    pub to_sql: Option<QName>,
}

row!(Language, &'a Name, |row| &row.name);
row!(AccessMethod, &'a Name, |row| &row.name);
row!(Transform, (&'a Name, &'a Name), |row| (&row.data_type, &row.language));

impl Transform {
    /// The transform's identity.
    pub fn object(&self) -> ObjectId {
        ObjectId::Transform(self.data_type.clone(), self.language.clone())
    }
}

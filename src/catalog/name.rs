//! Names as PostgreSQL holds them: folded already, never quoted.

use std::fmt;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use smol_str::SmolStr;

use crate::sql;

/// A short, cheaply cloned string: an identifier (type `name`, up to 63 bytes) or other small text of a catalog.
pub type Name = SmolStr;

/// The name of an object that lives in a schema. Written `schema.name`, with quotes where a part needs them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QName {
    /// The schema (`pg_namespace.nspname`).
    pub schema: Name,
    /// The name within the schema.
    pub name: Name,
}

impl QName {
    /// The name `schema.name`.
    pub fn new(schema: impl Into<Name>, name: impl Into<Name>) -> Self {
        Self {
            schema: schema.into(),
            name: name.into(),
        }
    }

    /// Whether the object is one of PostgreSQL's own (`pg_catalog`).
    pub fn is_builtin(&self) -> bool {
        self.schema == "pg_catalog"
    }
}

impl fmt::Display for QName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", sql::identifier(&self.schema), sql::identifier(&self.name))
    }
}

impl FromStr for QName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some((schema, name)) = text.split_once('.')
            && !text.contains('"')
            && !name.contains('.')
            && !schema.is_empty()
            && !name.is_empty()
        {
            return Ok(Self::new(schema, name));
        }
        match sql::split_name(text).as_deref() {
            Some([schema, name]) => Ok(Self::new(schema, name)),
            _ => Err(format!("`{text}` is not a name of the form schema.name")),
        }
    }
}

impl Serialize for QName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for QName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

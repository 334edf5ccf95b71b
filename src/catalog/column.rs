//! Columns (`pg_attribute`, `pg_attrdef`) and the data types they are of.

use serde::Deserialize;
#[cfg(feature = "plan")]
use serde::Serialize;

use super::id::ObjectId;
use super::name::{Name, QName};
use super::relation::ForeignOption;
#[cfg(feature = "plan")]
use super::{is_default, is_true};
use super::{row, yes};

/// A column of a relation. The columns of a relation stand together, in their physical order.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[cfg_attr(feature = "plan", derive(Serialize))]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// The relation it belongs to.
    pub relation: QName,
    /// Its name (`attname`).
    pub name: Name,
    /// Its type as `format_type` gives it, modifiers included: the key of a [`DataType`].
    #[serde(rename = "type")]
    pub data_type: Name,
    /// Whether it refuses NULL (`attnotnull`); the constraint's name and state are in a row of their own where they
    /// are not the usual ones.
    #[serde(default, skip_serializing_if = "is_default")]
    pub not_null: bool,
    /// The default, or the generation expression of a generated column (`pg_get_expr(adbin)`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub default: Option<String>,
    /// Whether it is generated, and how (`attgenerated`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub generated: Option<Generated>,
    /// Whether it is an identity column, and which kind (`attidentity`); its sequence is a row of its own.
    #[serde(default, skip_serializing_if = "is_default")]
    pub identity: Option<Identity>,
    /// The collation where it is not the type's own (`attcollation`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub collation: Option<QName>,
    /// The storage strategy where it is not the type's own (`attstorage`): plain, external, extended or main.
    #[serde(default, skip_serializing_if = "is_default")]
    pub storage: Option<Name>,
    /// The compression method where one is set (`attcompression`): pglz or lz4.
    #[serde(default, skip_serializing_if = "is_default")]
    pub compression: Option<Name>,
    /// The statistics target where one is set (`attstattarget`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub statistics: Option<i32>,
    /// Options as `name=value` (`attoptions`), in the order of their setting.
    #[serde(default, skip_serializing_if = "is_default")]
    pub options: Vec<Name>,
    /// Options for the foreign-data wrapper (`attfdwoptions`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub foreign_options: Vec<ForeignOption>,
    /// Whether it is inherited from a parent (`attinhcount` above 0).
    #[serde(default, skip_serializing_if = "is_default")]
    pub inherited: bool,
    /// Whether it is declared here, inherited or not (`attislocal`).
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub local: bool,
    /// For a view's column: proved by the server's analysed query never to be NULL.
    #[serde(default, skip_serializing_if = "is_default")]
    pub never_null: bool,
    /// For a view's column: whether it can be written (`pg_column_is_updatable`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub updatable: bool,
    /// For a view's column: the table's column that it shows unchanged, through every level.
    #[serde(default, skip_serializing_if = "is_default")]
    pub origin: Option<ColumnRef>,
}

/// How a generated column gets its value (`pg_attribute.attgenerated`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "plan", derive(Serialize))]
#[serde(rename_all = "snake_case")]
pub enum Generated {
    /// Computed on write (s).
    Stored,
    /// Computed on read (v, PostgreSQL 18).
    Virtual,
}

/// Which values an identity column takes (`pg_attribute.attidentity`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "plan", derive(Serialize))]
#[serde(rename_all = "snake_case")]
pub enum Identity {
    /// The sequence's alone (a).
    Always,
    /// The user's where one is given (d).
    ByDefault,
}

/// A column by name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[cfg_attr(feature = "plan", derive(Serialize))]
#[serde(deny_unknown_fields)]
pub struct ColumnRef {
    /// The relation.
    pub relation: QName,
    /// The column's name in it.
    pub column: Name,
}

/// A type with its modifiers, as columns, arguments, attributes and domains use it.
///
/// Every such use names a data type by the text that `format_type` gives with an empty `search_path`, which is the same
/// for everybody; this row says which type the text means.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[cfg_attr(feature = "plan", derive(Serialize))]
#[serde(deny_unknown_fields)]
pub struct DataType {
    /// The text, such as `character varying(255)` or `app.status[]`.
    pub sql: Name,
    /// The type (`pg_type`), for an array that of its elements. A relation's row type has the relation's name.
    #[serde(rename = "type")]
    pub name: QName,
    /// Whether it is an array, of however many dimensions.
    #[serde(default, skip_serializing_if = "is_default")]
    pub array: bool,
    /// The type modifier as the type encodes it (`atttypmod`); `None` for none.
    #[serde(default, skip_serializing_if = "is_default")]
    pub modifier: Option<i32>,
}

row!(Column, (&'a QName, &'a Name), |row| (&row.relation, &row.name), ordered by relation);
row!(DataType, &'a Name, |row| &row.sql);

impl Column {
    /// The column's identity.
    pub fn object(&self) -> ObjectId {
        ObjectId::Column(self.relation.clone(), self.name.clone())
    }

    /// The identity of its default or generation expression.
    pub fn default_object(&self) -> ObjectId {
        ObjectId::Default(self.relation.clone(), self.name.clone())
    }
}

//! Indexes (`pg_index`) and extended statistics (`pg_statistic_ext`).

use serde::Deserialize;
#[cfg(feature = "plan")]
use serde::Serialize;

use super::id::ObjectId;
use super::name::{Name, QName};
#[cfg(feature = "plan")]
use super::{is_default, is_true};
use super::{row, yes};

/// An index, that of a constraint included.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[cfg_attr(feature = "plan", derive(Serialize))]
#[serde(deny_unknown_fields)]
pub struct Index {
    /// Schema and name.
    pub name: QName,
    /// The table or materialised view.
    pub relation: QName,
    /// The access method (`relam`).
    pub method: Name,
    /// Whether keys are unique (`indisunique`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub unique: bool,
    /// Whether NULLs count as equal (`indnullsnotdistinct`, PostgreSQL 15).
    #[serde(default, skip_serializing_if = "is_default")]
    pub nulls_not_distinct: bool,
    /// Whether queries may use it (`indisvalid`); false where a concurrent build failed, or a partitioned index lacks parts.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub valid: bool,
    /// Whether the table was last clustered on it (`indisclustered`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub clustered: bool,
    /// The key columns and expressions, in order.
    pub keys: Vec<IndexKey>,
    /// The columns that are only carried along (`INCLUDE`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub include: Vec<Name>,
    /// The condition of a partial index (`pg_get_expr(indpred)`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub predicate: Option<String>,
    /// The tablespace where it is not the database's.
    #[serde(default, skip_serializing_if = "is_default")]
    pub tablespace: Option<Name>,
    /// Storage parameters as `name=value` (`reloptions`), in the order of their setting.
    #[serde(default, skip_serializing_if = "is_default")]
    pub options: Vec<Name>,
    /// The constraint that it backs (`pg_constraint.conindid`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub constraint: Option<Name>,
    /// The partitioned index that it is attached to (`pg_inherits`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub parent: Option<QName>,
    /// The extension that it is a member of, with its table.
    #[serde(default, skip_serializing_if = "is_default")]
    pub extension: Option<Name>,
}

/// One key of an index: a column or an expression.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[cfg_attr(feature = "plan", derive(Serialize))]
#[serde(deny_unknown_fields)]
pub struct IndexKey {
    /// The column; `None` for an expression.
    #[serde(default, skip_serializing_if = "is_default")]
    pub column: Option<Name>,
    /// The expression as `pg_get_indexdef` gives it; `None` for a column.
    #[serde(default, skip_serializing_if = "is_default")]
    pub expression: Option<String>,
    /// The operator class where it is not the type's default for the method (`indclass`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub opclass: Option<QName>,
    /// The operator class's parameters as `name=value` (`attoptions`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub opclass_options: Vec<Name>,
    /// The collation where it is not the column's own (`indcollation`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub collation: Option<QName>,
    /// Whether it is ordered `DESC` (`indoption`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub descending: bool,
    /// Whether NULLs come first (`indoption`): the default for `DESC`, and only there.
    #[serde(default, skip_serializing_if = "is_default")]
    pub nulls_first: bool,
    /// The statistics target where one is set (`attstattarget`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub statistics: Option<i32>,
}

/// An extended statistics object.
#[cfg(feature = "plan")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statistics {
    /// Schema and name.
    pub name: QName,
    /// The owning role.
    pub owner: Name,
    /// The relation.
    pub relation: QName,
    /// What is gathered (`stxkind`): ndistinct, dependencies, mcv; empty for expression statistics alone.
    #[serde(default, skip_serializing_if = "is_default")]
    pub kinds: Vec<Name>,
    /// The columns (`stxkeys`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub columns: Vec<Name>,
    /// The expressions (`stxexprs`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub expressions: Vec<String>,
    /// The statistics target where one is set (`stxstattarget`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub target: Option<i32>,
}

row!(Index, &'a QName, |row| &row.name);
#[cfg(feature = "plan")]
row!(Statistics, &'a QName, |row| &row.name);

impl Index {
    /// The index's identity.
    pub fn object(&self) -> ObjectId {
        ObjectId::Index(self.name.clone())
    }
}

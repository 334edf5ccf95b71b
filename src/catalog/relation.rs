//! Tables, views, materialised views and foreign tables (`pg_class`).

use serde::Deserialize;
#[cfg(feature = "plan")]
use serde::Serialize;

use super::id::ObjectId;
#[cfg(feature = "plan")]
use super::is_default;
use super::name::{Name, QName};
use super::row;

/// A relation that has columns (`pg_class`, `relkind` r, p, v, m, f). Indexes, sequences and composite types are kinds
/// of their own.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[cfg_attr(feature = "plan", derive(Serialize))]
#[serde(deny_unknown_fields)]
pub struct Relation {
    /// Schema and name.
    pub name: QName,
    /// What kind of relation it is (`relkind`).
    pub kind: RelationKind,
    /// The owning role (`relowner`).
    pub owner: Name,
    /// Whether it is unlogged (`relpersistence` u).
    #[serde(default, skip_serializing_if = "is_default")]
    pub unlogged: bool,
    /// The table access method (`relam`) where it is not `heap`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub access_method: Option<Name>,
    /// The tablespace (`reltablespace`) where it is not the database's.
    #[serde(default, skip_serializing_if = "is_default")]
    pub tablespace: Option<Name>,
    /// Storage parameters and view options as `name=value` (`reloptions`), in the order of their setting; those of the TOAST table begin
    /// with `toast.`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub options: Vec<Name>,
    /// What identifies a row in logical replication (`relreplident`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub replica_identity: ReplicaIdentity,
    /// Whether row-level security is enabled (`relrowsecurity`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub row_security: bool,
    /// Whether row-level security also binds the owner (`relforcerowsecurity`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub force_row_security: bool,
    /// The composite type of a typed table (`reloftype`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub of_type: Option<QName>,
    /// The parents it inherits from, in order (`pg_inherits`); a partition's parent is in `partition_of`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub inherits: Vec<QName>,
    /// The partitioned table that it is a partition of, and its bound.
    #[serde(default, skip_serializing_if = "is_default")]
    pub partition_of: Option<PartitionOf>,
    /// The partition key (`pg_get_partkeydef`), such as `RANGE (created_at)`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub partition_key: Option<String>,
    /// The query of a view or materialised view (`pg_get_viewdef`), without the closing semicolon.
    #[serde(default, skip_serializing_if = "is_default")]
    pub definition: Option<String>,
    /// What can be done to a view's rows (`pg_relation_is_updatable`, `INSTEAD OF` triggers counted).
    #[serde(default, skip_serializing_if = "is_default")]
    pub writable: Writable,
    /// The foreign table's server (`pg_foreign_table.ftserver`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub server: Option<Name>,
    /// The foreign table's options (`ftoptions`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub foreign_options: Vec<ForeignOption>,
    /// The extension that it is a member of.
    #[serde(default, skip_serializing_if = "is_default")]
    pub extension: Option<Name>,
}

/// What kind of relation it is (`pg_class.relkind`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[cfg_attr(feature = "plan", derive(Serialize))]
#[serde(rename_all = "snake_case")]
pub enum RelationKind {
    /// An ordinary table (r).
    Table,
    /// A partitioned table (p).
    PartitionedTable,
    /// A view (v).
    View,
    /// A materialised view (m).
    MaterializedView,
    /// A foreign table (f).
    ForeignTable,
}

/// What identifies a row in logical replication (`pg_class.relreplident`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "plan", derive(Serialize))]
#[serde(rename_all = "snake_case")]
pub enum ReplicaIdentity {
    /// The primary key, if any (d).
    #[default]
    Default,
    /// Nothing (n).
    Nothing,
    /// All columns (f).
    Full,
    /// The named index (i).
    Index(Name),
}

/// A partition's place (`pg_class.relpartbound`).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "plan", derive(Serialize))]
#[serde(deny_unknown_fields)]
pub struct PartitionOf {
    /// The partitioned table.
    pub parent: QName,
    /// The bound as DDL, such as `FOR VALUES FROM (1) TO (10)` or `DEFAULT`.
    pub bound: String,
}

/// Which commands a view's rows take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "plan", derive(Serialize))]
#[serde(deny_unknown_fields)]
pub struct Writable {
    /// `INSERT` works.
    #[serde(default, skip_serializing_if = "is_default")]
    pub insert: bool,
    /// `UPDATE` works.
    #[serde(default, skip_serializing_if = "is_default")]
    pub update: bool,
    /// `DELETE` works.
    #[serde(default, skip_serializing_if = "is_default")]
    pub delete: bool,
    /// `INSTEAD OF` triggers or `INSTEAD` rules do the work, and may make anything of what they are given.
    #[serde(default, skip_serializing_if = "is_default")]
    pub hooked: bool,
}

/// An option of a foreign object. A value that may be a secret is never read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[cfg_attr(feature = "plan", derive(Serialize))]
#[serde(deny_unknown_fields)]
pub struct ForeignOption {
    /// The option's name.
    pub name: Name,
    /// Its value; `None` where it may be a secret.
    #[serde(default, skip_serializing_if = "is_default")]
    pub value: Option<String>,
}

row!(Relation, &'a QName, |row| &row.name);

impl Relation {
    /// The relation's identity.
    pub fn object(&self) -> ObjectId {
        let name = self.name.clone();
        match self.kind {
            RelationKind::Table | RelationKind::PartitionedTable => ObjectId::Table(name),
            RelationKind::View => ObjectId::View(name),
            RelationKind::MaterializedView => ObjectId::MaterializedView(name),
            RelationKind::ForeignTable => ObjectId::ForeignTable(name),
        }
    }

    /// Whether a view's query runs with the rights of whoever uses it (`security_invoker`), rather than its owner's.
    pub fn is_security_invoker(&self) -> bool {
        let value = self
            .options
            .iter()
            .find_map(|option| option.strip_prefix("security_invoker="));
        // PostgreSQL keeps what was written, and takes any unambiguous beginning (`parse_bool`).
        value.is_some_and(|value| {
            let value = value.to_ascii_lowercase();
            value == "1"
                || ["true", "yes", "on"]
                    .iter()
                    .any(|word| value != "o" && word.starts_with(value.as_str()))
        })
    }

    /// The relations that it inherits from, and the one that it is a partition of.
    pub fn parents(&self) -> impl Iterator<Item = &QName> {
        let partitioned = self.partition_of.as_ref().map(|place| &place.parent);
        self.inherits.iter().chain(partitioned)
    }
}

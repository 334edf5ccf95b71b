//! What a statement costs: locks, rewrites, scans, lost data, and the hazards by name.

use crate::catalog::ObjectId;

/// What a statement costs those who use the database meanwhile.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Risk {
    /// The strongest lock on each relation.
    pub locks: Vec<(ObjectId, LockMode)>,
    /// Whether a relation is written anew as a whole.
    pub rewrite: bool,
    /// Whether a relation is read as a whole.
    pub scan: bool,
    /// What is lost for good.
    pub loss: Option<Loss>,
    /// Hazards, by the ids that `lint` has for them.
    pub hazards: Vec<&'static str>,
}

/// What is lost for good: the names are those of `--allow`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Loss {
    /// The rows of a table.
    DropTable,
    /// The values of a column.
    DropColumn,
    /// The rows of a materialised view, which its query gives again.
    DropMaterializedView,
    /// A schema with what is in it.
    DropSchema,
    /// The counter of a sequence.
    DropSequence,
    /// Values that the new type cannot hold.
    ChangeType,
    /// An extension with what it keeps.
    DropExtension,
}

/// A table-level lock (manual, section 13.3.1), the weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LockMode {
    /// `ACCESS SHARE`.
    AccessShare,
    /// `ROW SHARE`.
    RowShare,
    /// `ROW EXCLUSIVE`.
    RowExclusive,
    /// `SHARE UPDATE EXCLUSIVE`.
    ShareUpdateExclusive,
    /// `SHARE`.
    Share,
    /// `SHARE ROW EXCLUSIVE`.
    ShareRowExclusive,
    /// `EXCLUSIVE`.
    Exclusive,
    /// `ACCESS EXCLUSIVE`.
    AccessExclusive,
}

impl Loss {
    /// What allows it.
    pub fn id(self) -> &'static str {
        match self {
            Self::DropTable => "drop-table",
            Self::DropColumn => "drop-column",
            Self::DropMaterializedView => "drop-materialized-view",
            Self::DropSchema => "drop-schema",
            Self::DropSequence => "drop-sequence",
            Self::ChangeType => "change-type",
            Self::DropExtension => "drop-extension",
        }
    }
}

impl LockMode {
    /// PostgreSQL's name for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::AccessShare => "ACCESS SHARE",
            Self::RowShare => "ROW SHARE",
            Self::RowExclusive => "ROW EXCLUSIVE",
            Self::ShareUpdateExclusive => "SHARE UPDATE EXCLUSIVE",
            Self::Share => "SHARE",
            Self::ShareRowExclusive => "SHARE ROW EXCLUSIVE",
            Self::Exclusive => "EXCLUSIVE",
            Self::AccessExclusive => "ACCESS EXCLUSIVE",
        }
    }
}

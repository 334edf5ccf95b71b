//! Statements that change rows.

use crate::catalog::Name;

use super::Path;

/// A statement, or part of one, that changes rows.
#[derive(Clone, Debug)]
pub(in crate::lint) struct Dml {
    pub(in crate::lint) kind: DmlKind,
    pub(in crate::lint) table: Path,
    pub(in crate::lint) filter: Filter,
    /// Columns that it sets more than once.
    pub(in crate::lint) twice: Vec<Name>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::lint) enum DmlKind {
    Insert,
    Update,
    Delete,
    Merge,
}

/// Which rows are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::lint) enum Filter {
    /// All of them.
    None,
    /// Those where these columns have one value each, and what else is asked of them.
    Equal(Vec<Name>),
    /// Some.
    Some,
}

//! How values are spread, as rules ask it.

use crate::catalog::Name;
use crate::catalog::index::Index;
use crate::catalog::usage::ColumnUsage;

/// How many values a column has in so many rows.
pub(super) fn distinct(usage: &ColumnUsage, rows: f64) -> f64 {
    match usage.distinct {
        share @ ..0.0 => -share * rows,
        number => number,
    }
}

/// The column of an index that has one key and all rows.
pub(super) fn only_column(index: &Index) -> Option<&Name> {
    let is_plain = ["btree", "hash"].contains(&&*index.method) && index.predicate.is_none() && index.include.is_empty();
    match index.keys.as_slice() {
        [key] if is_plain => key.column.as_ref(),
        _ => None,
    }
}

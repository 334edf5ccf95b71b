//! Identity columns.

use std::fmt::Write as _;

use crate::catalog::column::{Column, Identity};
use crate::ddl::name::qualified;
use crate::ddl::{World, sequences};

/// `GENERATED … AS IDENTITY (…)` with everything that its sequence says.
pub(in crate::ddl) fn identity_clause(column: &Column, identity: Identity, world: &World<'_>) -> String {
    let mut sql = format!("GENERATED {} AS IDENTITY", identity_kind(identity));
    if let Some(sequence) = world.after.identity(&column.relation, &column.name) {
        let _ = write!(
            sql,
            " (SEQUENCE NAME {}{})",
            qualified(&sequence.name),
            sequences::deviations(sequence)
        );
    }
    sql
}

/// Whether the column of a partition draws from its parent's sequence, as all of them do from PostgreSQL 17 on: what is
/// said of the parent's identity goes for it too, and it may neither bring nor change one.
pub(super) fn is_numbered_by_parent(column: &Column, world: &World<'_>) -> bool {
    let relation = world.to.relation(&column.relation);
    relation.is_some_and(|relation| relation.row.partition_of.is_some())
        && world.after.identity(&column.relation, &column.name).is_none()
}

/// How the column's values are given out, as SQL says it.
pub(super) fn identity_kind(identity: Identity) -> &'static str {
    match identity {
        Identity::Always => "ALWAYS",
        Identity::ByDefault => "BY DEFAULT",
    }
}

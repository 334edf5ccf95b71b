//! Who needs an index besides queries.

use super::cover::{Cover, cover_of};
use crate::advise::Context;
use crate::advise::context::is_replica_identity;
use crate::catalog::constraint::ConstraintKind;
use crate::catalog::index::Index;
use crate::catalog::lookup::RelationRef;
use crate::catalog::relation::Relation;

/// Whether nothing in the schema holds the index, so that it can be dropped.
pub(super) fn can_go(context: &Context<'_>, relation: &Relation, index: &Index) -> bool {
    index.constraint.is_none()
        && index.parent.is_none()
        && !context.is_leaned_on(index)
        && !is_replica_identity(relation, index)
}

/// Whether it only serves queries that users write: it guards nothing, identifies nothing, and neither a policy nor the
/// search that a foreign key makes goes by it.
pub(super) fn serves_queries_alone(context: &Context<'_>, relation: RelationRef<'_>, index: &Index) -> bool {
    let first = index.keys.first().and_then(|key| key.column.as_ref());
    let is_in_policy = first.is_some_and(|column| context.is_in_policy(&relation.row.name, column));
    let serves_key = || {
        relation.constraints().iter().any(|constraint| match &constraint.kind {
            ConstraintKind::ForeignKey(key) => cover_of(index, &key.columns) >= Cover::Part,
            _ => false,
        })
    };
    !index.unique
        && index.valid
        && !index.clustered
        && can_go(context, relation.row, index)
        && !is_in_policy
        && !serves_key()
}

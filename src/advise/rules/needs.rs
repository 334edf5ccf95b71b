//! Who needs an index besides queries.

use std::cmp::Reverse;

use super::cover::{Cover, cover_of};
use crate::advise::Context;
use crate::advise::context::is_replica_identity;
use crate::catalog::Name;
use crate::catalog::constraint::ConstraintKind;
use crate::catalog::index::Index;
use crate::catalog::lookup::RelationRef;
use crate::catalog::relation::Relation;
use crate::sql::identifier;

/// Whether nothing in the schema holds the index, so that it can be dropped.
pub(super) fn can_go(context: &Context<'_>, relation: &Relation, index: &Index) -> bool {
    holder(context, relation, index).is_none()
}

/// What in the schema holds the index, so that it cannot be dropped.
pub(super) fn holder(context: &Context<'_>, relation: &Relation, index: &Index) -> Option<String> {
    if let Some(parent) = &index.parent {
        return Some(format!("it is a part of {parent}"));
    }
    if let Some(constraint) = &index.constraint {
        return Some(format!("it backs the constraint {}", identifier(constraint)));
    }
    if context.is_leaned_on(index) {
        return Some("something else, such as a foreign key, depends on it".to_owned());
    }
    is_replica_identity(relation, index).then(|| "it is the table's replica identity".to_owned())
}

/// Whether it only serves queries that users write: it guards nothing, identifies nothing, and neither a policy nor the
/// search that a foreign key makes would miss it.
pub(super) fn serves_queries_alone(context: &Context<'_>, relation: RelationRef<'_>, index: &Index) -> bool {
    if index.unique || !index.valid || index.clustered || !can_go(context, relation.row, index) {
        return false;
    }
    let serves_policy = || {
        let first = index.keys.first().and_then(|key| key.column.as_ref());
        first.is_some_and(|column| {
            let columns = std::slice::from_ref(column);
            context.is_in_policy(&relation.row.name, column)
                && (cover_of(index, columns) == Cover::None || is_best(context, relation.row, index, columns))
        })
    };
    let serves_key = || {
        relation.constraints().iter().any(|constraint| match &constraint.kind {
            ConstraintKind::ForeignKey(key) => is_best(context, relation.row, index, &key.columns),
            _ => false,
        })
    };
    !serves_policy() && !serves_key()
}

/// Whether no other index of the table answers a search for the columns as well: of several that do, one is needed.
fn is_best(context: &Context<'_>, relation: &Relation, index: &Index, columns: &[Name]) -> bool {
    let worth = |index| {
        let scans = context.parts(index).map(|parts| parts.scans);
        let stays = index.unique || !can_go(context, relation, index);
        (cover_of(index, columns), stays, scans, Reverse(&index.name))
    };
    let own = worth(index);
    own.0 > Cover::None && !context.indexes(&relation.name).iter().any(|other| worth(other) > own)
}

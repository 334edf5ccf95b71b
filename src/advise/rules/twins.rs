//! Indexes that do what others do.

use std::cmp::Reverse;

use super::{Rule, fix, needs, unused_index};
use crate::advise::context::is_replica_identity;
use crate::advise::{Context, evidence};
use crate::catalog::QName;
use crate::catalog::constraint::ConstraintKind;
use crate::catalog::index::{Index, IndexKey};
use crate::catalog::relation::Relation;
use crate::finding::Finding;

/// A finding for every valid index whose work another of its table does, as `other` says in a message.
pub(super) fn superfluous(
    context: &Context<'_>,
    rule: &Rule,
    other: impl Fn(&Relation, &Index, &[&Index]) -> Option<String>,
) -> Vec<Finding> {
    let indexes = context.own_indexes().filter(|(_, index)| index.valid);
    let findings = indexes.filter_map(|(relation, index)| {
        let message = other(relation.row, index, context.indexes(&index.relation))?;
        let mut finding = rule.about.finding(index.name.to_string(), message);
        if let Some(evidence) = evidence(context, index) {
            finding = finding.with_evidence(evidence);
        }
        Some(match needs::holder(context, relation.row, index) {
            None => finding.with_fix(fix::drop_index(context, index)),
            Some(holder) => finding.with_hint(format!("{holder}, which has to change before it can go")),
        })
    });
    findings.collect()
}

/// Whether the second index, which is valid, finds what the first does, in the same order or just the other way round.
pub(super) fn are_twins(a: &Index, b: &Index) -> bool {
    let carries_the_same =
        a.include.len() == b.include.len() && a.include.iter().all(|column| b.include.contains(column));
    are_comparable(a, b) && a.keys.len() == b.keys.len() && carries_the_same && begins_with(a, b)
}

/// Whether the first index, of whatever table, finds at least what the second does of its own.
pub(super) fn finds_as_much(a: &Index, b: &Index) -> bool {
    are_comparable(b, a) && begins_with(a, b)
}

/// Whether no two rows that the first index keeps apart are let through by the second: one that can be deferred lets them
/// in for a while, and no `ON CONFLICT` goes by it.
pub(super) fn guards_as_much(context: &Context<'_>, b: &Index, a: &Index) -> bool {
    let is_deferrable = |index: &Index| {
        context
            .constraint(index)
            .is_some_and(|constraint| constraint.deferrable)
    };
    !a.unique
        || (b.unique && (b.nulls_not_distinct || !a.nulls_not_distinct) && (!is_deferrable(b) || is_deferrable(a)))
}

/// Whether the first index finds no more than the beginning of the second, which is valid, does.
pub(super) fn is_beginning_of(a: &Index, b: &Index) -> bool {
    let has = |column| b.include.contains(column) || b.keys.iter().any(|key| key.column.as_ref() == Some(column));
    let is_less = a.keys.len() < b.keys.len() || a.include.len() < b.include.len();
    a.method == "btree"
        && !a.unique
        && are_comparable(a, b)
        && is_less
        && a.include.iter().all(has)
        && begins_with(b, a)
}

/// Whether the indexes are of one method and of the same rows, and queries may use the second.
fn are_comparable(a: &Index, b: &Index) -> bool {
    a.name != b.name && b.valid && (&a.method, &a.predicate) == (&b.method, &b.predicate)
}

/// Whether the first index begins with all keys of the second, all in its order or all in the opposite one.
fn begins_with(longer: &Index, shorter: &Index) -> bool {
    if longer.keys.len() < shorter.keys.len() {
        return false;
    }
    let pairs = || longer.keys.iter().zip(&shorter.keys);
    let is_btree = longer.method == "btree";
    pairs().all(|(a, b)| is_same(a, b, false)) || (is_btree && pairs().all(|(a, b)| is_same(a, b, true)))
}

fn is_same(a: &IndexKey, b: &IndexKey, backwards: bool) -> bool {
    (&a.column, &a.expression, &a.collation) == (&b.column, &b.expression, &b.collation)
        && (&a.opclass, &a.opclass_options) == (&b.opclass, &b.opclass_options)
        && (a.descending, a.nulls_first) == (b.descending ^ backwards, b.nulls_first ^ backwards)
}

/// What speaks for keeping an index rather than its twin. No two indexes are worth the same.
pub(super) fn rank<'a>(
    context: &Context<'_>,
    relation: &Relation,
    index: &'a Index,
) -> ([bool; 10], Reverse<&'a QName>) {
    let constraint = context.constraint(index);
    let reasons = [
        constraint.is_some_and(|constraint| matches!(constraint.kind, ConstraintKind::PrimaryKey { .. })),
        index.constraint.is_some() || context.is_leaned_on(index),
        index.unique,
        index.nulls_not_distinct,
        is_replica_identity(relation, index),
        index.parent.is_some(),
        index.clustered,
        constraint.is_some_and(|constraint| !constraint.deferrable),
        !unused_index::can_be_dropped(context, relation, index),
        index.keys.iter().all(|key| !key.descending),
    ];
    (reasons, Reverse(&index.name))
}

/// The index's size and use, where they are known.
fn evidence(context: &Context<'_>, index: &Index) -> Option<String> {
    let size = evidence::bytes(context.index_bytes(index)?);
    let scans = context.usage?.indexes.get(&index.name)?.scans;
    Some(format!("{size}, scanned {} times", evidence::count(scans as f64)))
}

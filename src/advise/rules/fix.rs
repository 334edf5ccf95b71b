//! What makes and drops the indexes that were found wanting or superfluous, beside everybody's work.

use std::collections::BTreeSet;

use super::{needs, twins, unused_index};
use crate::advise::Context;
use crate::advise::online::{self, Names};
use crate::catalog::index::{Index, IndexKey};
use crate::catalog::relation::{Relation, RelationKind};
use crate::catalog::{Name, QName};
use crate::ddl::mend;

/// What the fixes of a rule have made and dropped already.
#[derive(Debug)]
pub(super) struct Done<'a> {
    names: Names<'a>,
    dropped: BTreeSet<&'a QName>,
}

impl<'a> Done<'a> {
    /// Nothing yet.
    pub(super) fn new(context: &Context<'a>) -> Self {
        Self {
            names: Names::new(context.catalog, []),
            dropped: BTreeSet::new(),
        }
    }
}

/// An index on columns of a table, without those that it makes superfluous.
pub(super) fn create_index<'a>(
    context: &Context<'a>,
    table: &'a Relation,
    columns: &[Name],
    done: &mut Done<'a>,
) -> String {
    let index = plain(table, "btree", columns);
    let made = match table.kind {
        RelationKind::PartitionedTable => by_parts(context, index.clone(), done),
        _ => mend::create_index(&table.name, columns),
    };
    let mut made = vec![made];
    let mut tables = vec![table];
    while let Some(table) = tables.pop() {
        tables.extend(context.partitions(&table.name));
        for old in context.indexes(&table.name) {
            let becomes_superfluous = old.valid
                && twins::is_beginning_of(old, &index)
                && needs::can_go(context, table, old)
                && !goes_anyway(context, table, old);
            if becomes_superfluous && done.dropped.insert(&old.name) {
                made.push(drop_index(context, old));
            }
        }
    }
    made.join("\n")
}

/// Whether another rule drops the index.
fn goes_anyway(context: &Context<'_>, table: &Relation, index: &Index) -> bool {
    let mut others = context.indexes(&table.name).iter();
    others.any(|other| twins::is_beginning_of(index, other) || twins::are_twins(index, other))
        || unused_index::can_be_dropped(context, table, index)
}

/// An index of another method on a column.
pub(super) fn create_index_using<'a>(
    context: &Context<'a>,
    table: &Relation,
    method: &str,
    column: &Name,
    done: &mut Done<'a>,
) -> String {
    match table.kind {
        RelationKind::PartitionedTable => by_parts(context, plain(table, method, std::slice::from_ref(column)), done),
        _ => mend::create_index_using(&table.name, method, column),
    }
}

/// An index of another method and operator class on a column.
#[cfg(feature = "checks")]
pub(super) fn create_index_of<'a>(
    context: &Context<'a>,
    table: &Relation,
    method: &str,
    column: &Name,
    class: QName,
    done: &mut Done<'a>,
) -> String {
    let mut index = plain(table, method, std::slice::from_ref(column));
    for key in &mut index.keys {
        key.opclass = Some(class.clone());
    }
    by_parts(context, index, done)
}

/// What makes an index whole of which a build has failed, or a partition has no part; `None` where that is not known.
pub(super) fn repair<'a>(
    context: &Context<'a>,
    table: &Relation,
    index: &Index,
    done: &mut Done<'a>,
) -> Option<String> {
    if table.kind != RelationKind::PartitionedTable {
        return Some(mend::reindex(index));
    }
    // The parts of a constraint are constraints.
    let is_plain = index.constraint.is_none();
    let made = is_plain.then(|| online::complete(index, context.catalog, context.kin(), &mut done.names));
    made.map(lines).filter(|made| !made.is_empty())
}

pub(super) fn drop_index(context: &Context<'_>, index: &Index) -> String {
    lines(online::drop(index, context.catalog, context.kin()))
}

fn plain(table: &Relation, method: &str, columns: &[Name]) -> Index {
    let keys = columns.iter().map(|column| IndexKey {
        column: Some(column.clone()),
        ..IndexKey::default()
    });
    online::index(&table.name, method, keys.collect())
}

/// Of a partitioned table, which takes no index concurrently. The parts have to be called by name.
fn by_parts(context: &Context<'_>, mut index: Index, done: &mut Done<'_>) -> String {
    done.names.give(&mut index);
    lines(online::build(&index, context.catalog, context.kin(), &mut done.names))
}

fn lines(statements: Vec<String>) -> String {
    let ended = statements.into_iter().map(|statement| statement + ";");
    ended.collect::<Vec<_>>().join("\n")
}

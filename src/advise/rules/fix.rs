//! What makes and drops the indexes that were found wanting or superfluous, beside everybody's work.

use crate::advise::{Context, online};
use crate::catalog::Name;
use crate::catalog::index::{Index, IndexKey};
use crate::catalog::relation::{Relation, RelationKind};
use crate::ddl::mend;

/// An index on columns of a table.
pub(super) fn create_index(context: &Context<'_>, table: &Relation, columns: &[Name]) -> String {
    match table.kind {
        RelationKind::PartitionedTable => by_parts(context, table, "btree", columns),
        _ => mend::create_index(&table.name, columns),
    }
}

/// An index of another method on a column.
pub(super) fn create_index_using(context: &Context<'_>, table: &Relation, method: &str, column: &Name) -> String {
    match table.kind {
        RelationKind::PartitionedTable => by_parts(context, table, method, std::slice::from_ref(column)),
        _ => mend::create_index_using(&table.name, method, column),
    }
}

pub(super) fn drop_index(context: &Context<'_>, index: &Index) -> String {
    lines(online::drop(index, context.catalog, context.kin()))
}

fn by_parts(context: &Context<'_>, table: &Relation, method: &str, columns: &[Name]) -> String {
    let keys = columns.iter().map(|column| IndexKey {
        column: Some(column.clone()),
        ..IndexKey::default()
    });
    let mut index = online::index(&table.name, method, keys.collect());
    online::distinguished(std::slice::from_mut(&mut index), context.catalog, &[]);
    lines(online::build(&index, context.catalog, context.kin(), &mut Vec::new()))
}

fn lines(statements: Vec<String>) -> String {
    let ended = statements.into_iter().map(|statement| statement + ";");
    ended.collect::<Vec<_>>().join("\n")
}

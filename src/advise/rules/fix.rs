//! The statements that mend what was found: small ones, that name what is there already. None stops anybody's work for
//! long, where PostgreSQL has a way.

use crate::catalog::Name;
use crate::catalog::index::Index;
use crate::catalog::relation::{Relation, RelationKind};
use crate::ddl::{bare, column_list, qualified};

/// An index on columns of a table. A partitioned table takes none concurrently: a migration does it part by part.
pub(super) fn create_index(table: &Relation, columns: &[Name]) -> String {
    let keyword = concurrently(table);
    format!(
        "CREATE INDEX {keyword}ON {} ({});",
        qualified(&table.name),
        column_list(columns)
    )
}

pub(super) fn drop_index(table: &Relation, index: &Index) -> String {
    format!("DROP INDEX {}{};", concurrently(table), qualified(&index.name))
}

/// A primary key of an index that is there.
pub(super) fn primary_key_using(index: &Index) -> String {
    format!(
        "ALTER TABLE {} ADD PRIMARY KEY USING INDEX {};",
        qualified(&index.relation),
        bare(&index.name.name)
    )
}

fn concurrently(table: &Relation) -> &'static str {
    match table.kind {
        RelationKind::PartitionedTable => "",
        _ => "CONCURRENTLY ",
    }
}

//! The statements that mend what was found: small ones, that name what is there already. Indexes are built and dropped
//! beside everybody's work where one statement can; what takes more is for the migration that is made of them.

use crate::catalog::constraint::Constraint;
use crate::catalog::index::Index;
use crate::catalog::relation::{Relation, RelationKind};
use crate::catalog::{Name, QName};
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

/// An index of another method on a column.
pub(super) fn create_index_using(table: &Relation, method: &str, column: &Name) -> String {
    let keyword = concurrently(table);
    format!(
        "CREATE INDEX {keyword}ON {} USING {method} ({});",
        qualified(&table.name),
        bare(column)
    )
}

/// Builds an index anew. It changes nothing of the schema.
pub(super) fn reindex(index: &Index) -> String {
    format!("REINDEX INDEX CONCURRENTLY {};", qualified(&index.name))
}

/// Clears a table of dead rows. It changes nothing of the schema.
pub(super) fn vacuum(options: &str, table: &QName) -> String {
    format!("VACUUM ({options}) {};", qualified(table))
}

pub(super) fn set_not_null(table: &QName, column: &Name) -> String {
    format!(
        "ALTER TABLE {} ALTER COLUMN {} SET NOT NULL;",
        qualified(table),
        bare(column)
    )
}

pub(super) fn validate(constraint: &Constraint) -> String {
    format!(
        "ALTER TABLE {} VALIDATE CONSTRAINT {};",
        qualified(&constraint.relation),
        bare(&constraint.name)
    )
}

pub(super) fn drop_constraint(constraint: &Constraint) -> String {
    format!(
        "ALTER TABLE {} DROP CONSTRAINT {};",
        qualified(&constraint.relation),
        bare(&constraint.name)
    )
}

pub(super) fn reset(table: &QName, option: &str) -> String {
    format!("ALTER TABLE {} RESET ({option});", qualified(table))
}

fn concurrently(table: &Relation) -> &'static str {
    match table.kind {
        RelationKind::PartitionedTable => "",
        _ => "CONCURRENTLY ",
    }
}

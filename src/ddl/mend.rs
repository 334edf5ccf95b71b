//! Small statements that mend what is there: each names one thing, and is whole as it stands.

use super::name::{bare, column_list, qualified};
use crate::catalog::constraint::Constraint;
use crate::catalog::index::Index;
use crate::catalog::{Name, QName};

/// Builds an index on columns of a table, beside everybody's work. PostgreSQL names it.
pub fn create_index(table: &QName, columns: &[Name]) -> String {
    let (table, columns) = (qualified(table), column_list(columns));
    format!("CREATE INDEX CONCURRENTLY ON {table} ({columns});")
}

/// Builds an index of another method than the usual one on a column of a table.
pub fn create_index_using(table: &QName, method: &str, column: &Name) -> String {
    let (table, column) = (qualified(table), bare(column));
    format!("CREATE INDEX CONCURRENTLY ON {table} USING {method} ({column});")
}

/// Makes a unique index that is there the table's primary key.
pub fn primary_key_using(index: &Index) -> String {
    let (table, index) = (qualified(&index.relation), bare(&index.name.name));
    format!("ALTER TABLE {table} ADD PRIMARY KEY USING INDEX {index};")
}

/// Builds an index anew. It changes nothing of the schema.
pub fn reindex(index: &Index) -> String {
    format!("REINDEX INDEX CONCURRENTLY {};", qualified(&index.name))
}

/// Clears a table of dead rows. It changes nothing of the schema.
pub fn vacuum(options: &str, table: &QName) -> String {
    format!("VACUUM ({options}) {};", qualified(table))
}

/// Takes NULL from what a column may be.
pub fn set_not_null(table: &QName, column: &Name) -> String {
    let (table, column) = (qualified(table), bare(column));
    format!("ALTER TABLE {table} ALTER COLUMN {column} SET NOT NULL;")
}

/// Checks the rows that were there before the constraint.
pub fn validate(constraint: &Constraint) -> String {
    let (table, name) = (qualified(&constraint.relation), bare(&constraint.name));
    format!("ALTER TABLE {table} VALIDATE CONSTRAINT {name};")
}

/// Drops a constraint.
pub fn drop_constraint(constraint: &Constraint) -> String {
    let (table, name) = (qualified(&constraint.relation), bare(&constraint.name));
    format!("ALTER TABLE {table} DROP CONSTRAINT {name};")
}

/// Gives a storage option of a table back to the server's setting.
pub fn reset(table: &QName, option: &str) -> String {
    format!("ALTER TABLE {} RESET ({option});", qualified(table))
}

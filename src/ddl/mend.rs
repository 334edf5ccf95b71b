//! Small statements that mend what is there: each names one thing, and is whole as it stands.

use super::name::{bare, column_list, qualified};
use crate::catalog::constraint::Constraint;
use crate::catalog::index::Index;
use crate::catalog::{Name, QName};
use crate::sql::{literal, set_local};

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

/// Checks the rows that were there before the constraint of this name.
pub fn validate_named(table: &QName, constraint: &Name) -> String {
    let (table, name) = (qualified(table), bare(constraint));
    format!("ALTER TABLE {table} VALIDATE CONSTRAINT {name};")
}

/// The steps that take NULL from what columns may be while others read and write: a check is added, its rows are checked,
/// and from 12 on PostgreSQL takes its word, so that it can go.
pub fn set_not_null_by_check(table: &QName, columns: &[Name], check: &Name) -> [String; 3] {
    let (name, check_name) = (qualified(table), bare(check));
    let each =
        |said: &dyn Fn(&Name) -> String, between: &str| columns.iter().map(said).collect::<Vec<_>>().join(between);
    let there = each(&|column| format!("{} IS NOT NULL", bare(column)), " AND ");
    let set = each(&|column| format!("ALTER COLUMN {} SET NOT NULL", bare(column)), ", ");
    [
        format!("ALTER TABLE {name} ADD CONSTRAINT {check_name} CHECK ({there}) NOT VALID;"),
        validate_named(table, check),
        format!("ALTER TABLE {name} {set};\nALTER TABLE {name} DROP CONSTRAINT {check_name};"),
    ]
}

/// A `UNIQUE` or `PRIMARY KEY` over columns, as far as words say it.
#[derive(Clone, Copy, Debug)]
pub struct KeyWords<'a> {
    /// `UNIQUE` or `PRIMARY KEY`.
    pub kind: &'a str,
    /// What an index says behind its columns: `INCLUDE (…)`, `NULLS NOT DISTINCT` and so on.
    pub index: &'a str,
    /// What a constraint says behind its index: `DEFERRABLE` and so on.
    pub constraint: &'a str,
}

/// The steps of a `UNIQUE` or `PRIMARY KEY` whose index is built beside everybody's work.
pub fn constraint_by_index(table: &QName, name: &Name, columns: &[Name], words: &KeyWords<'_>) -> [String; 2] {
    let (table, name, columns) = (qualified(table), bare(name), column_list(columns));
    let spaced = |words: &str| {
        if words.is_empty() {
            String::new()
        } else {
            format!(" {words}")
        }
    };
    let (kind, index, constraint) = (words.kind, spaced(words.index), spaced(words.constraint));
    [
        format!("CREATE UNIQUE INDEX CONCURRENTLY {name} ON {table} ({columns}){index};"),
        format!("ALTER TABLE {table} ADD CONSTRAINT {name} {kind} USING INDEX {name}{constraint};"),
    ]
}

/// Drops an index, by its name as it is written, beside everybody's work.
pub fn drop_index(index: &str) -> String {
    format!("DROP INDEX CONCURRENTLY {index};")
}

/// Fills a materialised view, by its name as it is written, while it is read.
pub fn refresh(view: &str) -> String {
    format!("REFRESH MATERIALIZED VIEW CONCURRENTLY {view};")
}

/// Lets what waits for a lock give up after a time: for the transaction alone, or until the session ends.
pub fn limit_waiting(is_local: bool, time: &str) -> String {
    match is_local {
        true => format!("{};", set_local("lock_timeout", time)),
        false => format!("SET lock_timeout = {};", literal(time)),
    }
}

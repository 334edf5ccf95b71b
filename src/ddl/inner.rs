//! What PostgreSQL runs inside of a statement, as statements of their own: the planner tells what they cost.

use crate::catalog::constraint::Action;
use crate::catalog::{Name, QName};

use super::name::{bare, qualified};

/// What a foreign key of `table` does for each row of the other table that goes (`ri_triggers.c`); each column of the key
/// has the expression that it is compared with.
pub fn on_delete(action: Action, table: &QName, key: &[(&Name, String)]) -> String {
    let conditions = key
        .iter()
        .map(|(column, value)| format!("{} = {value}", bare(column)))
        .collect::<Vec<_>>();
    let (table, condition) = (qualified(table), conditions.join(" AND "));
    match action {
        Action::Cascade => format!("DELETE FROM {table} WHERE {condition}"),
        Action::SetNull | Action::SetDefault => {
            let set = key.iter().map(|(column, _)| format!("{} = NULL", bare(column)));
            let set = set.collect::<Vec<_>>().join(", ");
            format!("UPDATE {table} SET {set} WHERE {condition}")
        }
        Action::NoAction | Action::Restrict => format!("SELECT 1 FROM {table} WHERE {condition} FOR KEY SHARE"),
    }
}

/// What PL/pgSQL runs for an expression (PL/pgSQL, Expressions), which may have clauses such as `FROM` behind it.
pub fn value_of(expression: &str) -> String {
    format!("SELECT {expression}")
}

/// An expression that may have brackets or fields behind it.
pub fn grouped(expression: &str) -> String {
    format!("({expression})")
}

/// A statement that reads rows of `table` under another name, as a trigger's function reads what has changed (CREATE
/// TRIGGER, `REFERENCING`).
pub fn with_rows_of(statement: &str, name: &Name, table: &QName, rows: u32) -> String {
    let rows = format!(
        "WITH {} AS MATERIALIZED (SELECT * FROM {} LIMIT {rows})",
        bare(name),
        qualified(table)
    );
    match statement.split_at_checked("with ".len()) {
        Some((word, rest)) if word.trim_end().eq_ignore_ascii_case("with") => format!("{rows}, {rest}"),
        _ => format!("{rows} {statement}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_look_for_the_rows_that_name_what_goes() {
        let (table, column) = (QName::new("app", "Order"), Name::new_static("user"));
        let key = [(&column, "'1'::bigint".to_owned())];
        assert_eq!(
            on_delete(Action::Cascade, &table, &key),
            r#"DELETE FROM app."Order" WHERE "user" = '1'::bigint"#
        );
        assert_eq!(
            on_delete(Action::SetNull, &table, &key),
            r#"UPDATE app."Order" SET "user" = NULL WHERE "user" = '1'::bigint"#
        );
        assert_eq!(
            on_delete(Action::Restrict, &table, &key),
            r#"SELECT 1 FROM app."Order" WHERE "user" = '1'::bigint FOR KEY SHARE"#
        );
    }

    #[test]
    fn changed_rows_are_rows_of_the_table() {
        let with = |statement: &str| with_rows_of(statement, &Name::new_static("new_rows"), &QName::new("app", "t"), 5);
        let rows = "WITH new_rows AS MATERIALIZED (SELECT * FROM app.t LIMIT 5)";
        assert_eq!(with("select 1"), format!("{rows} select 1"));
        assert_eq!(
            with("with\na as (select 1) table a"),
            format!("{rows}, a as (select 1) table a")
        );
    }
}

use super::Rule;
use crate::lint::statement::{ColumnDef, ConstraintKind, CreateTable, Key, Verb};
use crate::lint::step::{Found, Step};

pub(super) const RULE: Rule = Rule {
    hazards: &["int-overflow", "prefer-identity"],
    look,
};

fn look(step: &Step<'_>, found: &mut Vec<Found>) {
    let Verb::CreateTable(table) = &step.statement.verb else {
        return;
    };
    let Some(path) = table.name.as_ref().filter(|_| !table.temporary) else {
        return;
    };
    let name = step.schema.resolve(path);
    for column in &table.columns {
        let counts = column.data_type.serial || column.identity;
        let is_short = column.data_type.is("integer") && (counts || is_key(table, column))
            || column.data_type.is("smallint") && counts;
        if is_short {
            let most = if column.data_type.is("integer") {
                "2,147,483,647"
            } else {
                "32,767"
            };
            let message = format!("its numbers end at {most}");
            let hit = step.found_at("int-overflow", &name, &column.name, message);
            found.push(hit.at(column.type_range.clone()));
        }
        if column.data_type.serial {
            let message = "its sequence is one of its own, which is set past and granted apart";
            let hit = step.found_at("prefer-identity", &name, &column.name, message);
            found.push(hit.at(column.type_range.clone()));
        }
    }
}

/// Whether the column alone is the primary key, and refers to no other's.
fn is_key(table: &CreateTable, column: &ColumnDef) -> bool {
    let refers = |kind: &ConstraintKind| match kind {
        ConstraintKind::ForeignKey { columns, .. } => columns.contains(&column.name),
        _ => false,
    };
    let is_key = |kind: &ConstraintKind| match kind {
        ConstraintKind::PrimaryKey(Key::Columns(columns)) => columns.as_slice() == std::slice::from_ref(&column.name),
        _ => false,
    };
    let kinds = || {
        column
            .constraints
            .iter()
            .chain(&table.constraints)
            .map(|constraint| &constraint.kind)
    };
    kinds().any(is_key) && !kinds().any(refers)
}

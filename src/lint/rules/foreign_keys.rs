use super::Rule;
use crate::catalog::{Name, QName};
use crate::lint::statement::{Action, ColumnDef, ConstraintDef, ConstraintKind, Verb};
use crate::lint::step::{Found, Step};

pub(super) const RULE: Rule = Rule {
    hazards: &[
        "fk-validates",
        "fk-locks-referenced-table",
        "fk-not-valid-on-partitioned",
    ],
    look,
};

/// A foreign key that a statement makes.
pub(super) struct Made<'a> {
    pub(super) table: QName,
    pub(super) columns: &'a [Name],
    pub(super) references: QName,
    pub(super) referenced: &'a [Name],
    pub(super) constraint: &'a ConstraintDef,
    /// The column that it is written with, where that is a new one.
    pub(super) column: Option<&'a ColumnDef>,
    /// Whether the statement makes the table.
    pub(super) with_table: bool,
}

/// The foreign keys that a statement makes, however they are written.
pub(super) fn made<'a>(step: &Step<'a>) -> Vec<Made<'a>> {
    let mut made = Vec::new();
    let mut add = |table: &QName, constraint: &'a ConstraintDef, column: Option<&'a ColumnDef>, with_table: bool| {
        if let ConstraintKind::ForeignKey {
            columns,
            references,
            referenced,
        } = &constraint.kind
        {
            made.push(Made {
                table: table.clone(),
                columns,
                references: step.schema.resolve(references),
                referenced,
                constraint,
                column,
                with_table,
            });
        }
    };
    match &step.statement.verb {
        Verb::CreateTable(create) if !create.temporary => {
            let Some(path) = &create.name else { return made };
            let table = step.schema.resolve(path);
            for column in &create.columns {
                column
                    .constraints
                    .iter()
                    .for_each(|constraint| add(&table, constraint, Some(column), true));
            }
            create
                .constraints
                .iter()
                .for_each(|constraint| add(&table, constraint, None, true));
        }
        Verb::AlterTable { table, actions, .. } => {
            let table = step.schema.resolve(table);
            for action in actions {
                match action {
                    Action::AddConstraint(constraint) => add(&table, constraint, None, false),
                    Action::AddColumn { column, .. } => {
                        column
                            .constraints
                            .iter()
                            .for_each(|constraint| add(&table, constraint, Some(column), false));
                    }
                    _ => {}
                }
            }
        }
        _ => {}
    }
    made
}

fn look(step: &Step<'_>, found: &mut Vec<Found>) {
    for key in made(step) {
        let relation = step.schema.relation(&key.table);
        let is_used = step.schema.is_used(&key.table) && !key.with_table;
        let is_partitioned = relation.is_some_and(|relation| relation.is_partitioned());
        if is_partitioned && key.constraint.not_valid {
            let message = "it is partitioned, and takes no foreign key that is NOT VALID";
            found.push(
                step.found_on("fk-not-valid-on-partitioned", &key.table, message)
                    .at(key.constraint.range.clone()),
            );
            continue;
        }
        let has_rows_to_look_up = key.column.is_none() || fills_columns(step);
        if is_used && has_rows_to_look_up {
            if !key.constraint.not_valid {
                found.push(validates(step, &key, is_partitioned));
            }
        } else if step.schema.is_used(&key.references) && key.references != key.table {
            let message = format!("writing to it waits until {} is done", key.table);
            let hit = step.found_on("fk-locks-referenced-table", &key.references, message);
            found.push(hit.at(key.constraint.range.clone()));
        }
    }
}

/// Whether an `ALTER TABLE` makes PostgreSQL look at the rows for every foreign key in it: a new column alone has none.
fn fills_columns(step: &Step<'_>) -> bool {
    let Verb::AlterTable { actions, .. } = &step.statement.verb else {
        return false;
    };
    actions.iter().any(|action| match action {
        Action::AddColumn { column, .. } => column.default.is_some(),
        Action::AddConstraint(constraint) => matches!(constraint.kind, ConstraintKind::ForeignKey { .. }),
        _ => false,
    })
}

fn validates(step: &Step<'_>, key: &Made<'_>, is_partitioned: bool) -> Found {
    let message = format!(
        "writing to it and to {} waits until every row has been looked up",
        key.references
    );
    let hit = step
        .found_on("fk-validates", &key.table, message)
        .at(key.constraint.range.clone());
    if key.column.is_some() || is_partitioned {
        return hit;
    }
    match step.statement.editable {
        true => hit.validated(step, &key.table, key.constraint),
        false => hit,
    }
}

use super::Rule;
use crate::catalog::QName;
use crate::ddl::mend;
use crate::lint::statement::{Action, ConstraintDef, ConstraintKind, Key};
use crate::lint::step::{Found, Step};

pub(super) const RULE: Rule = Rule {
    hazards: &[
        "unique-constraint-builds-index",
        "primary-key-builds-index",
        "exclusion-constraint",
    ],
    look,
};

fn look(step: &Step<'_>, found: &mut Vec<Found>) {
    let Some((table, actions)) = step.altered() else { return };
    for action in actions {
        match action {
            Action::AddConstraint(constraint) => hit(step, &table, constraint, actions.len() == 1, found),
            Action::AddColumn { column, .. } => {
                for constraint in &column.constraints {
                    hit(step, &table, constraint, false, found);
                }
            }
            _ => {}
        }
    }
}

fn hit(step: &Step<'_>, table: &QName, constraint: &ConstraintDef, is_alone: bool, found: &mut Vec<Found>) {
    let (rule, columns, words) = match &constraint.kind {
        ConstraintKind::Unique(Key::Columns(columns)) => ("unique-constraint-builds-index", columns, "UNIQUE"),
        ConstraintKind::PrimaryKey(Key::Columns(columns)) => ("primary-key-builds-index", columns, "PRIMARY KEY"),
        ConstraintKind::Exclusion => {
            let message = "its index is built while nobody reads or writes the table";
            found.push(
                step.found_on("exclusion-constraint", table, message)
                    .at(constraint.range.clone()),
            );
            return;
        }
        _ => return,
    };
    let message = "its index is built while nobody reads or writes the table";
    let mut hit = step.found_on(rule, table, message).at(constraint.range.clone());
    let is_partitioned = step
        .schema
        .relation(table)
        .is_some_and(|relation| relation.is_partitioned());
    if is_alone && !is_partitioned {
        let name = step.schema.name_of(table, constraint);
        let steps = mend::constraint_by_index(table, &name, columns, words);
        if step.statement.editable {
            hit = hit.edit_outside(step.statement.range.clone(), steps.join("\n"));
        }
    }
    found.push(hit);
}

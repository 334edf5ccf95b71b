use super::Rule;
use crate::catalog::QName;
use crate::lint::statement::{Action, ConstraintDef, ConstraintKind};
use crate::lint::step::{Found, Step};

pub(super) const RULE: Rule = Rule {
    hazards: &["check-validates"],
    look,
};

fn look(step: &Step<'_>, found: &mut Vec<Found>) {
    let Some((table, actions)) = step.altered() else { return };
    for action in actions {
        match action {
            Action::AddConstraint(constraint) => hit(step, &table, constraint, true, found),
            Action::AddColumn { column, .. } => {
                for constraint in &column.constraints {
                    hit(step, &table, constraint, false, found);
                }
            }
            _ => {}
        }
    }
}

fn hit(step: &Step<'_>, table: &QName, constraint: &ConstraintDef, can_wait: bool, found: &mut Vec<Found>) {
    let ConstraintKind::Check(said) = &constraint.kind else {
        return;
    };
    if constraint.not_valid {
        return;
    }
    let message = format!("nobody reads or writes it until every row has passed: {}", said.text);
    let mut hit = step
        .found_on("check-validates", table, message)
        .at(constraint.range.clone());
    if can_wait && step.statement.editable {
        hit = hit.validated(step, table, constraint);
    }
    found.push(hit);
}

use super::Rule;
use crate::lint::apart::{Apart, Bears, How};
use crate::lint::statement::Action;
use crate::lint::step::{Found, Step, column_name};

pub(super) const RULE: Rule = Rule {
    hazards: &["validate-in-same-transaction"],
    look,
};

fn look(step: &Step<'_>, found: &mut Vec<Found>) {
    let Some((table, actions)) = step.altered() else { return };
    for (at, action) in actions.iter().enumerate() {
        let Action::Validate(name) = action else { continue };
        let added_here = actions[..at].iter().any(|before| match before {
            Action::AddConstraint(constraint) => {
                constraint.not_valid && step.schema.name_of(&table, constraint) == *name
            }
            _ => false,
        });
        if added_here || step.transaction.unvalidated.contains(&(table.clone(), name.clone())) {
            let message = "it was added in the same transaction, whose lock is held while every row is checked";
            let hit = step.found("validate-in-same-transaction", column_name(&table, name), message);
            found.push(match actions.len() == 1 && step.statement.editable {
                true => hit.apart(Apart::moved(
                    How::Check,
                    vec![name.clone()],
                    vec![table.name.clone()],
                    Bears::Rows,
                )),
                false => hit,
            });
        }
    }
}

use super::Rule;
use crate::ddl::LockMode;
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
        // The strongest of the locks is taken before anything is done.
        let locks = &step.locks;
        let others = locks
            .iter()
            .any(|(locked, mode)| *locked == table && *mode > LockMode::ShareUpdateExclusive);
        let relation = step.schema.relation(&table);
        let known = relation.and_then(|relation| relation.constraints.get(name));
        if others && !added_here && known.is_none_or(|known| !known.validated) {
            let message = "the lock of another action of the statement is held while every row is checked";
            found.push(step.found("validate-in-same-transaction", column_name(&table, name), message));
            continue;
        }
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

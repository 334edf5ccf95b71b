use super::Rule;
use crate::lint::statement::Action;
use crate::lint::step::{Found, Step};

pub(super) const RULE: Rule = Rule {
    hazards: &["replica-identity", "inherit-lock"],
    look,
};

fn look(step: &Step<'_>, found: &mut Vec<Found>) {
    let Some((table, actions)) = step.altered() else { return };
    for action in actions {
        let (rule, message) = match action {
            Action::ReplicaIdentity => (
                "replica-identity",
                "everything on it waits for the lock, and subscribers may not find the rows that change",
            ),
            Action::Inherit | Action::NoInherit => ("inherit-lock", "everything on it waits for the lock"),
            _ => continue,
        };
        found.push(step.found(rule, table.to_string(), message));
    }
}

use super::Rule;
use crate::lint::statement::Action;
use crate::lint::step::{Found, Step};

pub(super) const RULE: Rule = Rule {
    hazards: &["drop-not-null", "drop-default-on-required"],
    look,
};

fn look(step: &Step<'_>, found: &mut Vec<Found>) {
    let Some((table, actions)) = step.altered() else { return };
    for (at, action) in actions.iter().enumerate() {
        match action {
            Action::DropNotNull(column) => {
                let known = step.schema.column(&table, column);
                if known.is_none_or(|known| known.not_null && known.made_in != Some(step.schema.file)) {
                    let message = "clients that take it for filled may meet NULL";
                    found.push(step.found_at("drop-not-null", &table, column, message));
                }
            }
            // From 18 on it is a constraint with a name.
            Action::DropConstraint { name, .. } => {
                let column = step.schema.not_null_of(&table, name);
                let column = column.filter(|column| !step.schema.is_new_column(&table, column));
                if let Some(column) = column {
                    let message = "clients that take it for filled may meet NULL";
                    found.push(step.found_at("drop-not-null", &table, &column, message));
                }
            }
            Action::DropDefault(column) => {
                let known = step.schema.column(&table, column);
                let is_loosened = actions[at + 1..].iter().chain(&actions[..at]).any(|other| match other {
                    Action::DropNotNull(other) | Action::SetDefault(other) | Action::AddIdentity(other) => {
                        other == column
                    }
                    _ => false,
                });
                if known.is_some_and(|known| known.not_null && known.has_default) && !is_loosened {
                    let message = "it refuses NULL: every INSERT that leaves it out fails from now on";
                    found.push(step.found_at("drop-default-on-required", &table, column, message));
                }
            }
            _ => {}
        }
    }
}

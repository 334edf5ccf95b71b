use super::Rule;
use crate::lint::statement::{Action, Verb};
use crate::lint::step::{Found, Step, Unless, column_name};

pub(super) const RULE: Rule = Rule {
    hazards: &["rename-column", "rename-table", "rename-schema", "rename-enum-value"],
    look,
};

fn look(step: &Step<'_>, found: &mut Vec<Found>) {
    match &step.statement.verb {
        Verb::RenameSchema { from, to } => {
            let message = format!("what knows anything in it by its old name fails once it is called {to}");
            found.push(step.found("rename-schema", from.to_string(), message));
        }
        Verb::RenameEnumValue { name, from, to } => {
            let name = step.schema.resolve_type(name);
            let message = format!("what knows '{from}' fails once it is called '{to}'");
            found.push(step.found("rename-enum-value", name.to_string(), message));
        }
        Verb::RenameAttribute { name, from, to } => {
            let name = step.schema.resolve_type(name);
            let message = format!("what knows it by its old name fails once it is called {to}");
            found.push(step.found("rename-column", column_name(&name, from), message));
        }
        _ => {}
    }
    let Some((table, actions)) = step.altered() else { return };
    for action in actions {
        match action {
            Action::RenameColumn { from, to } if !step.schema.is_new_column(&table, from) => {
                let message = format!("what knows it by its old name fails once it is called {to}");
                found.push(step.found_at("rename-column", &table, from, message));
            }
            Action::RenameTo(to) => {
                let message = format!("what knows it by its old name fails once it is called {to}");
                let hit = step.found_on("rename-table", &table, message);
                // Nobody sees the moment in between.
                found.push(match step.in_transaction() {
                    true => hit.unless(Unless::NameAgain(table.clone())),
                    false => hit,
                });
            }
            Action::SetSchema(schema) => {
                let message = format!("what knows it by its old name fails once it is in {schema}");
                found.push(step.found_on("rename-table", &table, message));
            }
            _ => {}
        }
    }
    for hit in found.iter_mut().filter(|hit| RULE.hazards.contains(&hit.rule)) {
        hit.table = None;
    }
}

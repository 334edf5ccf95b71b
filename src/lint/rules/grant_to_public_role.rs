use super::Rule;
use crate::lint::statement::{Granted, Verb};
use crate::lint::step::{Found, Step};

pub(super) const RULE: Rule = Rule {
    hazards: &["grant-to-public-role"],
    look,
};

fn look(step: &Step<'_>, found: &mut Vec<Found>) {
    let Verb::Grant { relations, roles } = &step.statement.verb else {
        return;
    };
    let Some(role) = roles.iter().find(|role| matches!(role.as_str(), "public" | "anon")) else {
        return;
    };
    let message = format!("{role} is everybody, whoever asks");
    match relations {
        Granted::Relations(names) => {
            // What is new is guarded, or found not to be, by itself.
            for table in names.iter().filter_map(|path| step.used(path)) {
                found.push(step.found("grant-to-public-role", table.to_string(), message.clone()));
            }
        }
        Granted::AllIn(schemas) => {
            for schema in schemas {
                found.push(step.found(
                    "grant-to-public-role",
                    format!("all tables in {schema}"),
                    message.clone(),
                ));
            }
        }
        Granted::Future => found.push(step.found("grant-to-public-role", "tables to come", message)),
        Granted::Else => {}
    }
}

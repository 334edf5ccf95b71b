use super::Rule;
use crate::catalog::Name;
use crate::lint::statement::{Granted, Verb};
use crate::lint::step::{Found, Step};
use crate::sql::identifier;

pub(super) const RULE: Rule = Rule {
    hazards: &["grant-to-public-role"],
    look,
};

/// The roles that everybody may come as, or everybody who has signed up.
const OUTSIDE: [&str; 2] = ["anon", "authenticated"];

fn look(step: &Step<'_>, found: &mut Vec<Found>) {
    let Verb::Grant { relations, roles } = &step.statement.verb else {
        return;
    };
    if let Granted::Roles(granted) = relations {
        found.extend(memberships(step, granted, roles));
    }
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
        Granted::Roles(_) | Granted::Else => {}
    }
}

/// Whoever asks, or has signed up, may do what these roles may.
fn memberships(step: &Step<'_>, granted: &[Name], roles: &[Name]) -> Option<Found> {
    let role = roles.iter().find(|role| OUTSIDE.contains(&role.as_str()))?;
    let inner = granted.iter().find(|granted| !OUTSIDE.contains(&granted.as_str()))?;
    let message = format!("whoever comes as {role} may do what {inner} may");
    Some(step.found("grant-to-public-role", identifier(inner).to_string(), message))
}

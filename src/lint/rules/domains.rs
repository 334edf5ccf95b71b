use super::Rule;
use crate::lint::statement::Verb;
use crate::lint::step::{Found, Step};

pub(super) const RULE: Rule = Rule {
    hazards: &["domain-with-constraint", "domain-add-constraint-scan"],
    look,
};

fn look(step: &Step<'_>, found: &mut Vec<Found>) {
    match &step.statement.verb {
        Verb::CreateDomain {
            name, checks, not_null, ..
        } if *checks > 0 || *not_null => {
            let name = step.schema.resolve_type(name);
            let message = "a later change of its checks reads every table that uses it";
            found.push(step.found("domain-with-constraint", name.to_string(), message));
        }
        Verb::AlterDomain { name, action } => {
            let name = step.schema.resolve_type(name);
            let users = step.schema.users_of_type(&name);
            let users = users.iter().filter(|table| step.schema.is_used(table));
            let users = users.map(ToString::to_string).collect::<Vec<_>>();
            if !action.scans() || users.is_empty() && step.schema.is_whole {
                return;
            }
            let tables = match users.as_slice() {
                [] => "every table that uses it".to_owned(),
                users => users.join(", "),
            };
            let message = format!("writing to {tables} waits until every row has been looked at");
            found.push(step.found("domain-add-constraint-scan", name.to_string(), message));
        }
        _ => {}
    }
}

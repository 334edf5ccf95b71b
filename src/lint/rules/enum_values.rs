use super::Rule;
use crate::lint::schema::UserType;
use crate::lint::statement::Verb;
use crate::lint::step::{Found, Step};

pub(super) const RULE: Rule = Rule {
    hazards: &["enum-type", "enum-value-order", "enum-value-used-in-same-transaction"],
    look,
};

fn look(step: &Step<'_>, found: &mut Vec<Found>) {
    match &step.statement.verb {
        Verb::CreateEnum { name, labels } => {
            let name = step.schema.resolve_type(name);
            let message = format!("none of its {} values can be removed or moved later", labels.len());
            found.push(step.found("enum-type", name.to_string(), message));
        }
        Verb::AddEnumValue { name, label, placed } => {
            let name = step.schema.resolve_type(name);
            let is_new = matches!(step.schema.types.get(&name), Some(UserType::Enum { made_in }) if *made_in == Some(step.schema.file));
            if !placed && !is_new {
                let message = format!("'{label}' goes behind all others, and stays there");
                found.push(step.found("enum-value-order", name.to_string(), message));
            }
        }
        _ => {
            let used = step
                .transaction
                .labels
                .iter()
                .find(|label| step.statement.strings.iter().any(|text| text == label.as_str()));
            if let Some(label) = used {
                let message = "it was added in the same transaction, and cannot be used before that has been committed";
                found.push(step.found("enum-value-used-in-same-transaction", format!("'{label}'"), message));
            }
        }
    }
}

use super::Rule;
use crate::catalog::QName;
use crate::lint::apart::{Apart, Bears, How};
use crate::lint::schema::{Column, UserType};
use crate::lint::statement::{Path, Verb};
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
        Verb::AddEnumValue {
            name, label, placed, ..
        } => {
            let name = step.schema.resolve_type(name);
            let is_new = matches!(step.schema.types.get(&name), Some(UserType::Enum { made_in, .. }) if *made_in == Some(step.schema.file));
            if !placed && !is_new {
                let message = format!("'{label}' goes behind all others, and stays there");
                found.push(step.found("enum-value-order", name.to_string(), message));
            }
        }
        _ => {
            let used = step.transaction.labels.iter().find(|(of, label)| {
                step.statement.strings.iter().any(|text| text == label.as_str()) && may_be(step, of)
            });
            if let Some((_, label)) = used {
                let message = "it was added in the same transaction, and cannot be used before that has been committed";
                let hit = step.found("enum-value-used-in-same-transaction", format!("'{label}'"), message);
                found.push(match apart(step) {
                    Some(apart) => hit.apart(apart),
                    None => hit,
                });
            }
        }
    }
}

/// Rows can be changed in the next file, where nothing of what they touch changes meanwhile.
fn apart(step: &Step<'_>) -> Option<Apart> {
    let statement = step.statement;
    if !statement.editable || !matches!(statement.verb, Verb::Data) {
        return None;
    }
    let touched = statement
        .data
        .iter()
        .map(|change| &change.table)
        .chain(&statement.reads);
    let touched = touched.map(|path| path.name.clone()).collect();
    Some(Apart::moved(How::Rows, Vec::new(), touched, Bears::Nothing))
}

/// Whether a constant in the statement may be one of an enum: unless all that it touches are tables with no column of it.
fn may_be(step: &Step<'_>, of: &QName) -> bool {
    let statement = step.statement;
    let mut touched = statement
        .data
        .iter()
        .map(|change| &change.table)
        .chain(&statement.reads);
    let touched = match &statement.verb {
        Verb::AlterTable { table, .. } => vec![table],
        Verb::Data | Verb::Read | Verb::CopyFrom { .. } => touched.by_ref().collect(),
        _ => return true,
    };
    let is_of = |column: &Column| step.schema.type_id(&column.data_type).trim_end_matches("[]") == of.to_string();
    let has_none = |path: &&Path| {
        let relation = step.schema.relation(&step.schema.resolve(path));
        relation
            .and_then(|relation| relation.columns.as_ref())
            .is_some_and(|columns| !columns.iter().any(is_of))
    };
    touched.is_empty() || !touched.iter().all(has_none)
}

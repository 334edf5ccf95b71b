use super::Rule;
use crate::catalog::QName;
use crate::lint::statement::{Action, ColumnDef, ConstraintKind, Stored};
use crate::lint::step::{Found, Step};
use crate::lint::volatile::volatile;

pub(super) const RULE: Rule = Rule {
    hazards: &[
        "add-column-required",
        "add-column-volatile-default",
        "add-column-generated-stored",
        "add-column-constrained-domain",
        "add-column-serial-or-identity",
    ],
    look,
};

/// Since when a default that is the same for all rows is kept in the catalog.
const KEEPS_DEFAULTS_SINCE: u32 = 11;
/// Since when a generated column is computed on read unless told otherwise.
const VIRTUAL_SINCE: u32 = 18;

fn look(step: &Step<'_>, found: &mut Vec<Found>) {
    let Some((table, actions)) = step.altered_table() else {
        return;
    };
    for action in actions {
        let Action::AddColumn { column, if_not_exists } = action else {
            continue;
        };
        let is_there = step.schema.column(&table, &column.name).is_some();
        if !(*if_not_exists && is_there) {
            found.extend(hit(step, &table, column));
        }
    }
}

fn hit(step: &Step<'_>, table: &QName, column: &ColumnDef) -> Option<Found> {
    let at = |rule: &'static str, message: String| Some(step.found_at(rule, table, &column.name, message));
    if column.data_type.serial || column.identity {
        let message = "each row gets a number, so the table is written anew".to_owned();
        return at("add-column-serial-or-identity", message);
    }
    match column.generated {
        Some(Stored::OnWrite) => {
            return at(
                "add-column-generated-stored",
                "it is stored, so the table is written anew".to_owned(),
            );
        }
        Some(Stored::Unsaid) if !step.schema.since(VIRTUAL_SINCE, true) => {
            return at(
                "add-column-generated-stored",
                "it is stored, so the table is written anew".to_owned(),
            );
        }
        Some(_) => return None,
        None => {}
    }
    if step.schema.is_constrained(&column.data_type) {
        let message = format!(
            "the domain {} has a check, so the table is written anew",
            column.data_type
        );
        return at("add-column-constrained-domain", message);
    }
    let of_domain = step.schema.domain_default(&column.data_type);
    if let Some(default) = column.default.as_ref().or(of_domain) {
        if let Some(function) = volatile(default, step.schema) {
            let message = format!("{function} may give another value for each row, so the table is written anew");
            return at("add-column-volatile-default", message);
        }
        if !step.schema.since(KEEPS_DEFAULTS_SINCE, true) {
            let message = "before PostgreSQL 11 every default makes the table be written anew".to_owned();
            return at("add-column-volatile-default", message);
        }
        return None;
    }
    let is_key = column
        .constraints
        .iter()
        .any(|constraint| matches!(constraint.kind, ConstraintKind::PrimaryKey(_)));
    if column.not_null || is_key {
        let message = "it refuses NULL and has no default: with a row in the table it fails".to_owned();
        return at("add-column-required", message);
    }
    None
}

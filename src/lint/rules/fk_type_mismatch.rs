use super::Rule;
use super::foreign_keys::{Made, made};
use crate::catalog::Name;
use crate::lint::schema::ConstraintKind;
use crate::lint::statement::Verb;
use crate::lint::step::{Found, Step};
use crate::lint::types::TypeName;

pub(super) const RULE: Rule = Rule {
    hazards: &["fk-type-mismatch"],
    look,
};

fn look(step: &Step<'_>, found: &mut Vec<Found>) {
    for key in made(step) {
        let referenced = match key.referenced {
            [] => primary_key(step, &key),
            named => named.to_vec(),
        };
        for (column, other) in key.columns.iter().zip(&referenced) {
            let (Some(own), Some(other_type)) =
                (own_type(step, &key, column), step.schema.column(&key.references, other))
            else {
                continue;
            };
            let kinds = [base(step, &own), base(step, &other_type.data_type)];
            if kinds[0] != kinds[1] {
                let message = format!(
                    "it is {own}, and refers to {}.{other}, which is {}",
                    key.references, other_type.data_type
                );
                let hit = step.found_at("fk-type-mismatch", &key.table, column, message);
                found.push(hit.at(key.constraint.range.clone()));
            }
        }
    }
}

/// The type of a referencing column, which the same statement may make.
fn own_type(step: &Step<'_>, key: &Made<'_>, column: &Name) -> Option<TypeName> {
    if let Some(own) = key.column {
        return Some(own.data_type.clone());
    }
    let written = match &step.statement.verb {
        Verb::CreateTable(table) => table
            .columns
            .iter()
            .find(|own| own.name == *column)
            .map(|own| own.data_type.clone()),
        Verb::AlterTable { actions, .. } => actions.iter().find_map(|action| match action {
            crate::lint::statement::Action::AddColumn { column: own, .. } if own.name == *column => {
                Some(own.data_type.clone())
            }
            _ => None,
        }),
        _ => None,
    };
    written.or_else(|| step.schema.column(&key.table, column).map(|own| own.data_type.clone()))
}

fn primary_key(step: &Step<'_>, key: &Made<'_>) -> Vec<Name> {
    let Some(relation) = step.schema.relation(&key.references) else {
        return Vec::new();
    };
    let keys = relation
        .constraints
        .iter()
        .filter_map(|(name, constraint)| match &constraint.kind {
            ConstraintKind::Indexed(columns) if constraint.is_primary => Some((name, columns)),
            _ => None,
        });
    keys.map(|(_, columns)| columns.clone()).next().unwrap_or_default()
}

/// What values of the type are compared as.
fn base(step: &Step<'_>, data_type: &TypeName) -> String {
    let under = step.schema.domain(data_type).map(|(_, base)| base);
    let name = step.schema.type_id(under.as_ref().unwrap_or(data_type));
    match name.as_str() {
        "character varying" => "text".to_owned(),
        _ => name,
    }
}

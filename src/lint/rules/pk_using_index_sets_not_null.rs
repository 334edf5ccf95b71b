use super::Rule;
use crate::catalog::QName;
use crate::lint::statement::{Action, ConstraintKind, Key};
use crate::lint::step::{Found, Step};

pub(super) const RULE: Rule = Rule {
    hazards: &["pk-using-index-sets-not-null"],
    look,
};

fn look(step: &Step<'_>, found: &mut Vec<Found>) {
    let Some((table, actions)) = step.altered() else { return };
    for action in actions {
        let Action::AddConstraint(constraint) = action else {
            continue;
        };
        let ConstraintKind::PrimaryKey(Key::Index(index)) = &constraint.kind else {
            continue;
        };
        let Some(index) = step
            .schema
            .indexes
            .get(&QName::new(table.schema.clone(), index.clone()))
        else {
            continue;
        };
        let nullable = index.keys.iter().flatten().find(|column| {
            let known = step.schema.column(&table, column);
            known.is_some_and(|known| !known.not_null) && !step.schema.vouches_not_null(&table, column)
        });
        if let Some(column) = nullable {
            let message = "it can be NULL, so the primary key reads the whole table first";
            found.push(step.found_at("pk-using-index-sets-not-null", &table, column, message));
        }
    }
}

use super::Rule;
use crate::lint::statement::Action;
use crate::lint::step::{Found, Step};

pub(super) const RULE: Rule = Rule {
    hazards: &["drop-column"],
    look,
};

fn look(step: &Step<'_>, found: &mut Vec<Found>) {
    let Some((table, actions)) = step.altered() else { return };
    let is_known = step
        .schema
        .relation(&table)
        .is_some_and(|relation| relation.columns.is_some());
    for action in actions {
        if let Action::DropColumn { column, .. } = action
            && !(is_known && step.schema.column(&table, column).is_none())
            && !step.schema.is_new_column(&table, column)
        {
            let message = "what still reads or writes it fails, and its values are lost";
            let mut hit = step.found_at("drop-column", &table, column, message);
            hit.table = None;
            found.push(hit);
        }
    }
}

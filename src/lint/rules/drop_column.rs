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
        if let Action::DropColumn { column, cascade } = action
            && !(is_known && step.schema.column(&table, column).is_none())
            && !step.schema.is_new_column(&table, column)
        {
            let users = step.schema.uses.get(&(table.clone(), column.clone()));
            let message = match users.filter(|_| !cascade) {
                Some(users) => {
                    let users = users.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
                    format!("it is used by {users}, so PostgreSQL refuses to drop it without CASCADE")
                }
                None => "what still reads or writes it fails, and its values are lost".to_owned(),
            };
            let mut hit = step.found_at("drop-column", &table, column, message);
            hit.table = None;
            found.push(hit);
        }
    }
}

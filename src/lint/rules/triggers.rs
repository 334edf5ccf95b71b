use super::Rule;
use crate::lint::statement::{Action, TableKind, Verb};
use crate::lint::step::{Found, Step};

pub(super) const RULE: Rule = Rule {
    hazards: &["create-trigger", "disable-trigger"],
    look,
};

fn look(step: &Step<'_>, found: &mut Vec<Found>) {
    if let Verb::CreateTrigger { table, .. } = &step.statement.verb
        && let Some(table) = step.used(table)
        // Whoever writes to a view, writes to its tables.
        && step.schema.relation(&table).is_none_or(|relation| relation.kind != TableKind::View)
    {
        let message = "writing to it waits for the end of the transaction";
        found.push(step.found("create-trigger", table.to_string(), message));
    }
    let Some((table, actions)) = step.altered() else { return };
    if actions.iter().any(|action| matches!(action, Action::DisableTrigger)) {
        let message = "what its triggers keep true is not true of what is written from now on";
        found.push(step.found("disable-trigger", table.to_string(), message));
    }
}

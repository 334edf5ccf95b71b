use super::Rule;
use crate::lint::statement::Verb;
use crate::lint::step::{Found, Step, Unless, column_name};

pub(super) const RULE: Rule = Rule {
    hazards: &["policy-dropped"],
    look,
};

fn look(step: &Step<'_>, found: &mut Vec<Found>) {
    let Verb::DropPolicy { table, name } = &step.statement.verb else {
        return;
    };
    let Some(table) = step.used(table) else { return };
    let relation = step
        .schema
        .relation(&table)
        .filter(|relation| relation.columns.is_some());
    if relation.is_some_and(|relation| !relation.policies.contains_key(name)) {
        return;
    }
    let message = "who reached rows by it alone does not any more, or what it restricted is open";
    let hit = step.found("policy-dropped", column_name(&table, name), message);
    found.push(hit.unless(Unless::PolicyAgain(table, name.clone())));
}

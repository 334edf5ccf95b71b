use super::Rule;
use crate::lint::statement::{Action, Verb};
use crate::lint::step::{Found, Step, Unless};

pub(super) const RULE: Rule = Rule {
    hazards: &["rls-disabled", "rls-enabled-no-policy", "rls-not-forced"],
    look,
};

fn look(step: &Step<'_>, found: &mut Vec<Found>) {
    let Verb::AlterTable { table, actions, .. } = &step.statement.verb else {
        return;
    };
    let table = step.schema.resolve(table);
    for action in actions {
        match action {
            Action::DisableRowSecurity if step.schema.is_used(&table) => {
                let message = "every role with a grant reaches every row from now on";
                found.push(step.found("rls-disabled", table.to_string(), message));
            }
            Action::NoForceRowSecurity if step.schema.is_used(&table) => {
                let message = "no policy holds its owner from now on, nor what runs with his rights";
                found.push(step.found("rls-not-forced", table.to_string(), message));
            }
            Action::EnableRowSecurity => {
                // Of a table that is not known, the policies are not known either.
                let relation = step
                    .schema
                    .relation(&table)
                    .filter(|relation| relation.columns.is_some());
                if relation.is_some_and(|relation| relation.policies.is_empty() && !relation.row_security) {
                    let message = "without a policy nobody but the owner reaches a row";
                    let hit = step.found("rls-enabled-no-policy", table.to_string(), message);
                    found.push(hit.unless(Unless::Policy(table.clone())));
                }
            }
            _ => {}
        }
    }
}

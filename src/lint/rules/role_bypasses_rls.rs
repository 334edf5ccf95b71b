use super::Rule;
use crate::lint::statement::Verb;
use crate::lint::step::{Found, Step};
use crate::sql::identifier;

pub(super) const RULE: Rule = Rule {
    hazards: &["role-bypasses-rls"],
    look,
};

fn look(step: &Step<'_>, found: &mut Vec<Found>) {
    if let Verb::Role {
        name,
        bypasses_policies: true,
    } = &step.statement.verb
    {
        let message = "no policy holds it from now on";
        found.push(step.found("role-bypasses-rls", format!("role {}", identifier(name)), message));
    }
}

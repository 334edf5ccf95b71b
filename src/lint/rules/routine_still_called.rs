use std::collections::BTreeSet;

use super::Rule;
use crate::catalog::QName;
use crate::lint::statement::Verb;
use crate::lint::step::{Found, Step, Unless};

pub(super) const RULE: Rule = Rule {
    hazards: &["routine-still-called"],
    look,
};

fn look(step: &Step<'_>, found: &mut Vec<Found>) {
    let signatures = match &step.statement.verb {
        Verb::DropRoutine { routines, .. } => routines.as_slice(),
        Verb::MoveRoutine { routine, .. } => std::slice::from_ref(routine),
        _ => return,
    };
    // What is dropped together does not miss each other.
    let gone = step.schema.overloads(signatures);
    let names = gone.iter().map(|(name, _)| name).collect::<BTreeSet<_>>();
    for name in names {
        let before = step.schema.callers_left_alone(name, &BTreeSet::new());
        let mut callers = step.schema.callers_left_alone(name, &gone);
        callers.retain(|caller| !before.contains(caller));
        if callers.is_empty() {
            continue;
        }
        let list = callers.iter().map(QName::to_string).collect::<Vec<_>>().join(", ");
        let message = format!("the text of {list} still calls it, and fails when it comes there");
        let hit = step.found("routine-still-called", name.to_string(), message);
        found.push(hit.unless(Unless::Called(name.clone(), callers)));
    }
}

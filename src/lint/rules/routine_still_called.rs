use super::Rule;
use crate::catalog::QName;
use crate::lint::statement::{Signature, Verb};
use crate::lint::step::{Found, Step, Unless};

pub(super) const RULE: Rule = Rule {
    hazards: &["routine-still-called"],
    look,
};

fn look(step: &Step<'_>, found: &mut Vec<Found>) {
    let gone = match &step.statement.verb {
        Verb::DropRoutine { routines, .. } => routines.as_slice(),
        Verb::MoveRoutine { routine, .. } => std::slice::from_ref(routine),
        _ => return,
    };
    // What is dropped together does not miss each other.
    let mut left = step.schema.routines_alone();
    let names = gone.iter().map(|signature| left.resolve_routine(&signature.name));
    let names = names.collect::<Vec<_>>();
    let before = names
        .iter()
        .map(|name| left.callers_left_alone(name))
        .collect::<Vec<_>>();
    gone.iter()
        .for_each(|signature: &Signature| drop(left.drop_routine(signature)));
    for (name, before) in names.iter().zip(before) {
        let callers = left.callers_left_alone(name);
        let callers = callers
            .into_iter()
            .filter(|caller| !before.contains(caller))
            .collect::<Vec<_>>();
        if callers.is_empty() {
            continue;
        }
        let list = callers.iter().map(QName::to_string).collect::<Vec<_>>().join(", ");
        let message = format!("the text of {list} still calls it, and fails when it comes there");
        let hit = step.found("routine-still-called", name.to_string(), message);
        found.push(hit.unless(Unless::Called(name.clone(), callers)));
    }
}

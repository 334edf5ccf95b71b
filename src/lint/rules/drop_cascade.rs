use super::Rule;
use crate::lint::statement::{Action, Verb};
use crate::lint::step::{Found, Step, column_name, written};

pub(super) const RULE: Rule = Rule {
    hazards: &["drop-cascade"],
    look,
};

fn look(step: &Step<'_>, found: &mut Vec<Found>) {
    let mut say = |subject: String| {
        let message = "CASCADE drops whatever depends on it, without asking";
        found.push(step.found("drop-cascade", subject, message));
    };
    match &step.statement.verb {
        Verb::DropRelation {
            names, cascade: true, ..
        } => {
            names
                .iter()
                .filter_map(|path| step.used(path))
                .for_each(|name| say(name.to_string()));
        }
        Verb::Drop {
            what,
            names,
            cascade: true,
        } => match names.as_slice() {
            [] => say((*what).to_owned()),
            names => names.iter().for_each(|path| say(format!("{what} {}", written(path)))),
        },
        Verb::DropRoutine {
            routines,
            cascade: true,
        } => routines
            .iter()
            .for_each(|routine| say(format!("routine {}", written(&routine.name)))),
        _ => {}
    }
    let Some((table, actions)) = step.altered() else { return };
    for action in actions {
        match action {
            Action::DropColumn {
                column: part,
                cascade: true,
            }
            | Action::DropConstraint {
                name: part,
                cascade: true,
            } => say(column_name(&table, part)),
            _ => {}
        }
    }
}

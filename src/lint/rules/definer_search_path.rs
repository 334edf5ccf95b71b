use super::Rule;
use crate::lint::statement::Verb;
use crate::lint::step::{Found, Step, Unless};

pub(super) const RULE: Rule = Rule {
    hazards: &["definer-search-path"],
    look,
};

fn look(step: &Step<'_>, found: &mut Vec<Found>) {
    let name = match &step.statement.verb {
        Verb::CreateRoutine(routine) if routine.definer && !routine.sets_search_path => {
            step.schema.resolve_routine(&routine.name)
        }
        Verb::AlterRoutine { name, changes } => {
            let name = step.schema.resolve_routine(name);
            let known = step.schema.routines.get(&name).into_iter().flatten();
            let open = known.clone().any(|routine| {
                let definer = changes.definer.unwrap_or(routine.definer);
                definer && !changes.search_path.unwrap_or(routine.sets_search_path)
            });
            let is_unknown = known.clone().next().is_none();
            let becomes = changes.definer == Some(true) && changes.search_path != Some(true);
            let was = known
                .clone()
                .any(|routine| routine.definer && !routine.sets_search_path);
            if !(open && !was || is_unknown && becomes) {
                return;
            }
            name
        }
        _ => return,
    };
    let message =
        "it runs with its owner's rights and the caller's search_path, in which his own objects may come first";
    let hit = step.found("definer-search-path", name.to_string(), message);
    found.push(hit.unless(Unless::SearchPath(name)));
}

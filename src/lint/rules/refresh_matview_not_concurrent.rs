use super::Rule;
use crate::ddl::mend;
use crate::lint::statement::Verb;
use crate::lint::step::{Found, Step, written};

pub(super) const RULE: Rule = Rule {
    hazards: &["refresh-matview-not-concurrent"],
    look,
};

fn look(step: &Step<'_>, found: &mut Vec<Found>) {
    let Verb::Refresh {
        view: path,
        concurrently: false,
        fills,
    } = &step.statement.verb
    else {
        return;
    };
    let Some(view) = step.used(path) else { return };
    let mut unique = step.schema.indexes_of(&view).map(|(_, index)| index);
    let can = unique.any(|index| index.unique && !index.partial && index.keys.iter().all(Option::is_some));
    let sql = mend::refresh(&written(path));
    let message = match fills {
        true => "nobody reads it until its query has run",
        false => "nobody reads it until it is filled again",
    };
    let hit = step.found_on("refresh-matview-not-concurrent", &view, message);
    found.push(match can && *fills {
        true if step.statement.editable => hit.edit(step.statement.range.clone(), sql),
        true => hit.fix(sql),
        false => hit,
    });
}

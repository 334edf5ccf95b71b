use super::Rule;
use crate::lint::statement::{TableKind, Verb};
use crate::lint::step::{Found, Step};

pub(super) const RULE: Rule = Rule {
    hazards: &["drop-table"],
    look,
};

fn look(step: &Step<'_>, found: &mut Vec<Found>) {
    let Verb::DropRelation {
        kind: TableKind::Table | TableKind::ForeignTable,
        names,
        ..
    } = &step.statement.verb
    else {
        return;
    };
    for table in names.iter().filter_map(|path| step.used(path)) {
        let mut hit = step.found_on("drop-table", &table, "what still uses it fails, and its rows are lost");
        hit.table = None;
        found.push(hit);
    }
}

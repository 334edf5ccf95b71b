use super::Rule;
use crate::lint::statement::Verb;
use crate::lint::step::{Found, Step};

pub(super) const RULE: Rule = Rule {
    hazards: &["index-too-wide"],
    look,
};

/// How many columns are usually enough.
const ENOUGH: usize = 3;

fn look(step: &Step<'_>, found: &mut Vec<Found>) {
    if let Verb::CreateIndex(index) = &step.statement.verb {
        let by_order = index.method.as_deref().is_none_or(|method| method == "btree");
        let table = step.schema.resolve(&index.table);
        if by_order && !index.unique && index.keys.len() > ENOUGH {
            let message = format!("an index over {} columns", index.keys.len());
            found.push(step.found_on("index-too-wide", &table, message));
        }
    }
}

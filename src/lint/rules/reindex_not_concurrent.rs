use super::Rule;
use crate::lint::statement::{Reindexed, Verb};
use crate::lint::step::{Found, Step};

pub(super) const RULE: Rule = Rule {
    hazards: &["reindex-not-concurrent"],
    look,
};

fn look(step: &Step<'_>, found: &mut Vec<Found>) {
    let Verb::Reindex {
        what,
        concurrently: false,
    } = &step.statement.verb
    else {
        return;
    };
    let subject = match what {
        Reindexed::Table(path) => step.used(path).map(|table| table.to_string()),
        Reindexed::Index(path) => {
            let name = step.schema.resolve_index(path);
            let index = step.schema.indexes.get(&name);
            let is_used = index.map_or(!step.schema.is_whole, |index| step.schema.is_used(&index.relation));
            is_used.then(|| name.to_string())
        }
        Reindexed::Schema(name) => Some(format!("the schema {name}")),
        Reindexed::Database => Some("the database".to_owned()),
    };
    if let Some(subject) = subject {
        let message = "writing waits until it is built, and so do queries that would use it";
        found.push(step.found("reindex-not-concurrent", subject, message));
    }
}

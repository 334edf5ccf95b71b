use super::Rule;
use crate::catalog::QName;
use crate::lint::apart::Apart;
use crate::lint::schema::ConstraintKind;
use crate::lint::statement::{Reindexed, Verb};
use crate::lint::step::{Found, Step};

pub(super) const RULE: Rule = Rule {
    hazards: &["reindex-not-concurrent"],
    look,
};

/// Since when there is `REINDEX CONCURRENTLY` for all that it is written for.
const CONCURRENT_SINCE: u32 = 14;

fn look(step: &Step<'_>, found: &mut Vec<Found>) {
    let Verb::Reindex {
        what,
        concurrently: false,
        word_at,
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
    let Some(subject) = subject else { return };
    let message = "writing waits until it is built, and so do queries that would use it";
    let hit = step.found("reindex-not-concurrent", subject, message);
    let can = step.statement.editable && step.schema.since(CONCURRENT_SINCE, true) && !is_of_exclusion(step, what);
    found.push(match word_at.filter(|_| can) {
        Some(at) => hit.edit_outside(at..at, " CONCURRENTLY").apart(Apart::reindexed(what)),
        None => hit,
    });
}

/// Whether it is the index of an exclusion constraint, which PostgreSQL does not build anew beside others.
fn is_of_exclusion(step: &Step<'_>, what: &Reindexed) -> bool {
    let Reindexed::Index(path) = what else { return false };
    let name: QName = step.schema.resolve_index(path);
    let index = step.schema.indexes.get(&name);
    let relation = index.and_then(|index| step.schema.relation(&index.relation));
    let constraint = relation.and_then(|relation| relation.constraints.get(&name.name));
    constraint.is_some_and(|known| matches!(&known.kind, ConstraintKind::Indexed(columns) if columns.is_empty()))
}

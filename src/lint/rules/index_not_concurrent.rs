use super::Rule;
use crate::lint::apart::Apart;
use crate::lint::statement::Verb;
use crate::lint::step::{Found, Step};

pub(super) const RULE: Rule = Rule {
    hazards: &["index-not-concurrent"],
    look,
};

fn look(step: &Step<'_>, found: &mut Vec<Found>) {
    let Verb::CreateIndex(index) = &step.statement.verb else {
        return;
    };
    let Some(table) = step.used(&index.table).filter(|_| !index.concurrently) else {
        return;
    };
    let relation = step.schema.relation(&table);
    let is_partitioned = relation.is_some_and(|relation| relation.is_partitioned());
    // Such an index is none yet: it is put together of those of the partitions.
    if index.only && (is_partitioned || relation.is_none_or(|relation| relation.columns.is_none())) {
        return;
    }
    let hit = step.found_on(
        "index-not-concurrent",
        &table,
        "writing to it waits until the index is built",
    );
    found.push(match is_partitioned || !step.statement.editable {
        true => hit,
        false => hit
            .edit_outside(index.word_at..index.word_at, " CONCURRENTLY")
            .apart(Apart::index(index, &table)),
    });
}

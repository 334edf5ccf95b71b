use super::Rule;
use crate::ddl::mend;
use crate::lint::apart::Apart;
use crate::lint::statement::Verb;
use crate::lint::step::{Found, Step, written};

pub(super) const RULE: Rule = Rule {
    hazards: &["drop-index-not-concurrent"],
    look,
};

fn look(step: &Step<'_>, found: &mut Vec<Found>) {
    let Verb::DropIndex {
        names,
        concurrently: false,
        cascade,
        word_at,
    } = &step.statement.verb
    else {
        return;
    };
    for path in names {
        let name = step.schema.resolve_index(path);
        let is_used = match step.schema.indexes.get(&name) {
            Some(index) => step.schema.is_used(&index.relation) && index.made_in != Some(step.schema.file),
            None => !step.schema.is_whole,
        };
        if is_used {
            let table = step.schema.indexes.get(&name).map(|index| index.relation.to_string());
            let table = table.map_or_else(|| "its table".to_owned(), |table| table.clone());
            let message = format!("everything on {table} waits for it");
            let hit = step.found("drop-index-not-concurrent", name.to_string(), message);
            let is_partitioned = step.schema.indexes.get(&name).is_some_and(|index| {
                let relation = step.schema.relation(&index.relation);
                relation.is_some_and(|relation| relation.is_partitioned())
            });
            // PostgreSQL drops one at a time so, none of a partitioned table, and nothing that depends on it.
            found.push(match names.len() {
                _ if is_partitioned || *cascade => hit,
                _ if !step.statement.editable => hit,
                1 => hit
                    .edit_outside(*word_at..*word_at, " CONCURRENTLY")
                    .apart(Apart::dropped_index(step, path)),
                _ => hit.fix(mend::drop_index(&written(path))),
            });
        }
    }
}

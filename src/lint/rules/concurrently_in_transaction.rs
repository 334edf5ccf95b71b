use super::Rule;
use crate::lint::apart::Apart;
use crate::lint::statement::{Action, Verb};
use crate::lint::step::{Found, Kind, Step};

pub(super) const RULE: Rule = Rule {
    hazards: &["concurrently-in-transaction"],
    look,
};

fn look(step: &Step<'_>, found: &mut Vec<Found>) {
    let (what, apart) = match &step.statement.verb {
        Verb::CreateIndex(index) if index.concurrently => {
            let apart = Apart::index(index, &step.schema.resolve(&index.table));
            ("CREATE INDEX CONCURRENTLY", Some(apart))
        }
        Verb::DropIndex {
            concurrently: true,
            names,
            ..
        } => {
            let apart = names.first().map(|index| Apart::dropped_index(step, index));
            ("DROP INDEX CONCURRENTLY", apart)
        }
        Verb::Reindex {
            what,
            concurrently: true,
            ..
        } => ("REINDEX CONCURRENTLY", Some(Apart::reindexed(what))),
        Verb::AlterTable { table, actions, .. } => {
            let detached = actions.iter().find_map(|action| match action {
                Action::Detach {
                    concurrently: true,
                    partition,
                    ..
                } => Some(partition),
                _ => None,
            });
            let Some(partition) = detached else { return };
            let apart = Apart::detached(&step.schema.resolve(table), partition);
            ("DETACH PARTITION CONCURRENTLY", Some(apart))
        }
        _ => return,
    };
    let begun = match step.transaction.kind {
        Kind::Statement => return,
        Kind::Segment => return,
        Kind::File => "the file runs in a transaction",
        Kind::Begin => "a transaction has been begun",
        Kind::Block => "a DO block is a transaction",
    };
    let message = format!("{begun}, in which it fails");
    let hit = step.found("concurrently-in-transaction", what, message);
    found.push(match apart.filter(|_| step.statement.editable) {
        Some(apart) => hit.apart(apart),
        None => hit,
    });
}

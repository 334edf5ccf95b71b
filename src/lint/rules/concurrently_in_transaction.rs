use super::Rule;
use crate::lint::statement::{Action, Verb};
use crate::lint::step::{Found, Kind, Step};

pub(super) const RULE: Rule = Rule {
    hazards: &["concurrently-in-transaction"],
    look,
};

fn look(step: &Step<'_>, found: &mut Vec<Found>) {
    let what = match &step.statement.verb {
        Verb::CreateIndex(index) if index.concurrently => "CREATE INDEX CONCURRENTLY",
        Verb::DropIndex { concurrently: true, .. } => "DROP INDEX CONCURRENTLY",
        Verb::Reindex { concurrently: true, .. } => "REINDEX CONCURRENTLY",
        Verb::AlterTable { actions, .. } => {
            let detaches = |action: &Action| matches!(action, Action::Detach { concurrently: true, .. });
            if !actions.iter().any(detaches) {
                return;
            }
            "DETACH PARTITION CONCURRENTLY"
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
    found.push(step.found(
        "concurrently-in-transaction",
        what,
        format!("{begun}, in which it fails"),
    ));
}

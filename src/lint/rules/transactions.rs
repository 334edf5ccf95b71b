use super::Rule;
use crate::lint::statement::Verb;
use crate::lint::step::{Found, Kind, Step};

pub(super) const RULE: Rule = Rule {
    // That a file ends inside a transaction is seen at its end: see `walk.rs`.
    hazards: &["transaction-nesting", "uncommitted-transaction"],
    look,
};

fn look(step: &Step<'_>, found: &mut Vec<Found>) {
    let (what, message) = match (&step.statement.verb, step.transaction.kind) {
        (Verb::Begin, Kind::File) => ("BEGIN", "the file runs in a transaction already"),
        (Verb::Begin, Kind::Begin) => ("BEGIN", "a transaction has been begun already"),
        (Verb::Commit { .. }, Kind::File) => ("COMMIT", "it ends the transaction that the file runs in"),
        (Verb::Rollback { .. }, Kind::File) => ("ROLLBACK", "it undoes the transaction that the file runs in"),
        (Verb::Commit { .. }, Kind::Statement) => ("COMMIT", "no transaction has been begun"),
        (Verb::Rollback { .. }, Kind::Statement) => ("ROLLBACK", "no transaction has been begun"),
        _ => return,
    };
    found.push(step.found("transaction-nesting", what, message));
}

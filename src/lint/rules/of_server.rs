use super::Rule;
use crate::lint::statement::{Reindexed, Verb};
use crate::lint::step::{Found, Kind, Step};

pub(super) const RULE: Rule = Rule {
    hazards: &["drop-database", "refused-in-transaction", "extension-update"],
    look,
};

fn look(step: &Step<'_>, found: &mut Vec<Found>) {
    let what = match &step.statement.verb {
        Verb::OfServer(what) => what,
        Verb::Vacuum { .. } => "VACUUM",
        Verb::DiscardAll => "DISCARD ALL",
        Verb::Cluster(None) => "CLUSTER",
        Verb::Reindex {
            what: Reindexed::Schema(_) | Reindexed::Database,
            concurrently: false,
            ..
        } => "REINDEX",
        Verb::UpdateExtension(name) => {
            let message = "its own script decides what is locked and changed, and there is no way back";
            found.push(step.found("extension-update", name.to_string(), message));
            return;
        }
        _ => return,
    };
    if what == "DROP DATABASE" {
        let message = "all that is in it is lost";
        found.push(step.found("drop-database", what, message));
    }
    let begun = match step.transaction.kind {
        Kind::Statement | Kind::Segment => return,
        Kind::File => "the file runs in a transaction",
        Kind::Begin => "a transaction has been begun",
        Kind::Block => "a DO block is a transaction",
    };
    let message = format!("{begun}, in which it fails");
    found.push(step.found("refused-in-transaction", what, message));
}

use super::Rule;
use crate::ddl::LockMode;
use crate::lint::statement::Verb;
use crate::lint::step::{Found, Step};

pub(super) const RULE: Rule = Rule {
    hazards: &["explicit-lock-table"],
    look,
};

fn look(step: &Step<'_>, found: &mut Vec<Found>) {
    let Verb::LockTable { tables, mode } = &step.statement.verb else {
        return;
    };
    // What is weaker stops nobody who reads or writes.
    if *mode < LockMode::Share {
        return;
    }
    for table in tables.iter().filter_map(|path| step.used(path)) {
        let message = format!("{} is held until the transaction ends", mode.name());
        found.push(step.found("explicit-lock-table", table.to_string(), message));
    }
}

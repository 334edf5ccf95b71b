use super::Rule;
use crate::lint::statement::Verb;
use crate::lint::step::{Found, Step};

pub(super) const RULE: Rule = Rule {
    hazards: &["truncate", "truncate-cascade"],
    look,
};

fn look(step: &Step<'_>, found: &mut Vec<Found>) {
    let Verb::Truncate { tables, cascade } = &step.statement.verb else {
        return;
    };
    for table in tables.iter().filter_map(|path| step.used(path)) {
        found.push(step.found(
            "truncate",
            table.to_string(),
            "its rows are lost, and nobody reads it until the transaction ends",
        ));
        if *cascade {
            found.push(step.found(
                "truncate-cascade",
                table.to_string(),
                "every table that refers to it is emptied too",
            ));
        }
    }
}

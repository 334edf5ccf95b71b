use super::Rule;
use crate::lint::statement::Verb;
use crate::lint::step::{Found, Step};

pub(super) const RULE: Rule = Rule {
    hazards: &["concurrently-on-partitioned"],
    look,
};

fn look(step: &Step<'_>, found: &mut Vec<Found>) {
    let is_partitioned =
        |table: &crate::catalog::QName| step.schema.relation(table).is_some_and(|row| row.is_partitioned());
    match &step.statement.verb {
        Verb::CreateIndex(index) if index.concurrently => {
            let table = step.schema.resolve(&index.table);
            if is_partitioned(&table) {
                let message = "it is partitioned, and an index of it cannot be built CONCURRENTLY";
                found.push(step.found_on("concurrently-on-partitioned", &table, message));
            }
        }
        Verb::DropIndex {
            names,
            concurrently: true,
            ..
        } => {
            for path in names {
                let name = step.schema.resolve_index(path);
                let index = step.schema.indexes.get(&name);
                if index.is_some_and(|index| is_partitioned(&index.relation)) {
                    let message = "it belongs to a partitioned table, and cannot be dropped CONCURRENTLY";
                    found.push(step.found("concurrently-on-partitioned", name.to_string(), message));
                }
            }
        }
        _ => {}
    }
}

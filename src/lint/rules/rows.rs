use super::Rule;
use crate::lint::statement::{DmlKind, Filter};
use crate::lint::step::{Found, Step};

pub(super) const RULE: Rule = Rule {
    hazards: &[
        "update-without-where",
        "delete-without-where",
        "duplicate-column-assignment",
    ],
    look,
};

fn look(step: &Step<'_>, found: &mut Vec<Found>) {
    for change in &step.statement.data {
        let table = step.schema.resolve(&change.table);
        for column in &change.twice {
            found.push(step.found_at(
                "duplicate-column-assignment",
                &table,
                column,
                "it is set twice, which fails",
            ));
        }
        if change.filter != Filter::None || !step.schema.is_used(&table) {
            continue;
        }
        match change.kind {
            DmlKind::Update => {
                let message = "every row is written, and stays locked until the transaction ends";
                found.push(step.found_on("update-without-where", &table, message));
            }
            DmlKind::Delete => {
                found.push(step.found_on("delete-without-where", &table, "every row is deleted"));
            }
            DmlKind::Insert | DmlKind::Merge => {}
        }
    }
}

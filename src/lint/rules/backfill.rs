use super::Rule;
use crate::catalog::QName;
use crate::lint::statement::{DmlKind, Filter};
use crate::lint::step::{Found, Step};

pub(super) const RULE: Rule = Rule {
    hazards: &["backfill-in-same-transaction"],
    look,
};

fn look(step: &Step<'_>, found: &mut Vec<Found>) {
    if !step.in_transaction() {
        return;
    }
    for change in &step.statement.data {
        let table = step.schema.resolve(&change.table);
        let is_many = change.kind != DmlKind::Insert && !is_one_row(step, &table, &change.filter);
        if is_many && step.transaction.changed.contains(&table) {
            let message = "its lock is held since an earlier statement changed it, until every row has been written";
            found.push(step.found_on("backfill-in-same-transaction", &table, message));
        }
    }
}

/// Whether the condition names the key of one row.
fn is_one_row(step: &Step<'_>, table: &QName, filter: &Filter) -> bool {
    let Filter::Equal(columns) = filter else {
        return false;
    };
    let mut indexes = step.schema.indexes_of(table).map(|(_, index)| index);
    let by_index = indexes.any(|index| {
        let mut keys = index.keys.iter();
        index.unique && keys.all(|key| key.as_ref().is_some_and(|key| columns.contains(key)))
    });
    let is_unknown = step
        .schema
        .relation(table)
        .is_none_or(|relation| relation.columns.is_none());
    by_index || is_unknown && columns.iter().any(|column| column == "id")
}

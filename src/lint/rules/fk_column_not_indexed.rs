use super::Rule;
use super::foreign_keys::made;
use crate::ddl::mend;
use crate::lint::step::{Found, Step, Unless, list};

pub(super) const RULE: Rule = Rule {
    hazards: &["fk-column-not-indexed"],
    look,
};

fn look(step: &Step<'_>, found: &mut Vec<Found>) {
    for key in made(step) {
        let relation = step.schema.relation(&key.table);
        // Of a table that is not known, the indexes are not known either.
        let is_known =
            key.with_table || relation.is_some_and(|relation| relation.columns.is_some()) || key.column.is_some();
        if !is_known || step.schema.leads_an_index(&key.table, key.columns) {
            continue;
        }
        let message = format!(
            "no index begins with {}, which refers to {}",
            list(key.columns),
            key.references
        );
        let fix = mend::create_index(&key.table, key.columns);
        let hit = step
            .found_on("fk-column-not-indexed", &key.table, message)
            .at(key.constraint.range.clone());
        found.push(
            hit.fix(fix)
                .unless(Unless::Indexed(key.table.clone(), key.columns.to_vec())),
        );
    }
}

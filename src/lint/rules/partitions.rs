use super::Rule;
use crate::catalog::{Name, QName};
use crate::lint::bounds::{excludes, implies};
use crate::lint::schema::ConstraintKind;
use crate::lint::statement::{Action, Bound, Conjunct, Verb};
use crate::lint::step::{Found, Step};

pub(super) const RULE: Rule = Rule {
    hazards: &["attach-partition-scan", "create-partition-of", "default-partition-scan"],
    look,
};

fn look(step: &Step<'_>, found: &mut Vec<Found>) {
    match &step.statement.verb {
        Verb::CreateTable(table) => {
            let Some((parent, bound)) = &table.partition_of else {
                return;
            };
            if let Some(parent) = step.used(parent) {
                let message = "everything on it waits for the lock";
                found.push(step.found("create-partition-of", parent.to_string(), message));
                default_scan(step, &parent, bound, found);
            }
        }
        Verb::AlterTable { table, actions, .. } => {
            let parent = step.schema.resolve(table);
            for action in actions {
                if let Action::Attach { partition, bound } = action {
                    attach_scan(step, &parent, &step.schema.resolve(partition), bound, found);
                    default_scan(step, &parent, bound, found);
                }
            }
        }
        _ => {}
    }
}

fn attach_scan(step: &Step<'_>, parent: &QName, partition: &QName, bound: &Bound, found: &mut Vec<Found>) {
    if !step.schema.is_used(partition) {
        return;
    }
    let said = said(step, partition);
    let not_null = |column: &Name| {
        step.schema
            .column(partition, column)
            .is_some_and(|known| known.not_null)
            || said.contains(&Conjunct::NotNull(column.clone()))
    };
    let key = step
        .schema
        .relation(parent)
        .and_then(|relation| relation.partition_key.as_ref());
    if key.is_some_and(|key| implies(&said, key, bound, &not_null)) {
        return;
    }
    let message = "nobody reads or writes it until every row has been held against the bound";
    found.push(step.found_on("attach-partition-scan", partition, message));
}

fn default_scan(step: &Step<'_>, parent: &QName, bound: &Bound, found: &mut Vec<Found>) {
    let Some(default) = step
        .schema
        .default_partition(parent)
        .filter(|default| step.schema.is_used(default))
    else {
        return;
    };
    let key = step
        .schema
        .relation(parent)
        .and_then(|relation| relation.partition_key.as_ref());
    if key.is_some_and(|key| excludes(&said(step, default), key, bound)) {
        return;
    }
    let message = "every row of it is held against the new bound while nobody reads or writes it";
    found.push(step.found_on("default-partition-scan", default, message));
}

/// What validated checks say of every row.
fn said(step: &Step<'_>, table: &QName) -> Vec<Conjunct> {
    let Some(relation) = step.schema.relation(table) else {
        return Vec::new();
    };
    let checks = relation
        .constraints
        .values()
        .filter_map(|constraint| match &constraint.kind {
            ConstraintKind::Check(said) if constraint.validated => Some(said.conjuncts.iter().cloned()),
            _ => None,
        });
    checks.flatten().collect()
}

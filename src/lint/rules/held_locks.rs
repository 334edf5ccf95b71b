use super::Rule;
use crate::catalog::{Name, QName};
use crate::ddl::LockMode;
use crate::lint::schema::ConstraintKind;
use crate::lint::statement::{Action, Conjunct, Verb};
use crate::lint::step::{Found, Step};

pub(super) const RULE: Rule = Rule {
    hazards: &[
        "statement-after-access-exclusive",
        "multiple-tables-locked",
        "multiple-alter-same-table",
    ],
    look,
};

fn look(step: &Step<'_>, found: &mut Vec<Found>) {
    let transaction = step.transaction;
    if !step.in_transaction() || transaction.locked.is_empty() {
        return;
    }
    let is_first = |rule: &'static str, table: &QName| !transaction.said.contains(&(rule, table.clone()));
    if let Some((table, actions)) = step.altered()
        && transaction.altered.contains(&table)
        && actions.iter().all(|action| can_be_joined(step, &table, action))
        && is_first("multiple-alter-same-table", &table)
    {
        let message = "an earlier ALTER TABLE could do this too, and go over the table once";
        found.push(step.found("multiple-alter-same-table", table.to_string(), message));
    }
    let held = &transaction.locked[0];
    let mut others = step
        .locks
        .iter()
        .filter(|(table, _)| !transaction.locked.contains(table));
    let other = others.clone().find(|(_, mode)| *mode == LockMode::AccessExclusive);
    if let Some((table, _)) = other
        && is_first("multiple-tables-locked", held)
    {
        let message = format!("{held} is locked too: what uses both in another order deadlocks");
        found.push(step.found("multiple-tables-locked", table.to_string(), message));
    }
    let locks_another = others.any(|(_, mode)| *mode >= LockMode::Share);
    if (locks_another || takes_time(step)) && is_first("statement-after-access-exclusive", held) {
        let message = "nobody reads it until this statement is done too";
        found.push(step.found("statement-after-access-exclusive", held.to_string(), message));
    }
}

/// Whether the action can be one of several in an `ALTER TABLE`, and gains by it.
fn can_be_joined(step: &Step<'_>, table: &QName, action: &Action) -> bool {
    // In one statement the check would go before the NOT NULL that it vouches for.
    let vouches = |name: &Name| {
        let relation = step.schema.relation(table);
        let known = relation.and_then(|relation| relation.constraints.get(name));
        let said = known.and_then(|known| match &known.kind {
            ConstraintKind::Check(said) => Some(&said.conjuncts),
            _ => None,
        });
        said.is_some_and(|said| said.iter().any(|one| matches!(one, Conjunct::NotNull(_))))
    };
    if let Action::DropConstraint { name, .. } = action
        && vouches(name)
    {
        return false;
    }
    !matches!(
        action,
        Action::Validate(_)
            | Action::RenameTo(_)
            | Action::RenameColumn { .. }
            | Action::RenameConstraint { .. }
            | Action::SetSchema(_)
            | Action::Attach { .. }
            | Action::Detach { .. }
    )
}

/// Whether the statement takes a time that depends on rows.
fn takes_time(step: &Step<'_>) -> bool {
    match &step.statement.verb {
        Verb::Data | Verb::CopyFrom { .. } => true,
        Verb::Read | Verb::CopyTo { .. } => !step.statement.reads.is_empty(),
        Verb::CreateIndex(index) => !step.schema.is_new(&step.schema.resolve(&index.table)),
        Verb::Refresh { .. } => true,
        Verb::CreateTable(table) => table.is_copied && !step.statement.reads.is_empty(),
        Verb::AlterTable { table, actions, .. } => {
            let name = step.schema.resolve(table);
            actions.iter().any(|action| match action {
                Action::Validate(constraint) => {
                    let added = (name.clone(), constraint.clone());
                    !step.transaction.unvalidated.contains(&added) && !step.schema.is_new(&name)
                }
                _ => false,
            })
        }
        _ => false,
    }
}

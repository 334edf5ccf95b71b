use super::Rule;
use crate::lint::apart::Apart;
use crate::lint::statement::Action;
use crate::lint::step::{Found, Step};

pub(super) const RULE: Rule = Rule {
    hazards: &["detach-partition-not-concurrent"],
    look,
};

fn look(step: &Step<'_>, found: &mut Vec<Found>) {
    let Some((table, actions)) = step.altered() else { return };
    for action in actions {
        let Action::Detach {
            partition,
            concurrently: false,
            finalize: false,
        } = action
        else {
            continue;
        };
        let hit = step.found(
            "detach-partition-not-concurrent",
            table.to_string(),
            "everything on it waits for the lock",
        );
        // PostgreSQL refuses to, while there is a partition that takes the rest.
        let can = step.schema.default_partition(&table).is_none();
        let end = step.statement.range.end - usize::from(step.statement.ends_with_semicolon);
        found.push(match can {
            true if step.statement.editable => hit
                .edit_outside(end..end, " CONCURRENTLY")
                .apart(Apart::detached(&table, partition)),
            _ => hit,
        });
    }
}

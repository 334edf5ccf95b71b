use super::Rule;
use crate::ddl::{LockMode, mend};
use crate::lint::fix::WAITS;
use crate::lint::step::{Found, Kind, Step};

pub(super) const RULE: Rule = Rule {
    hazards: &["missing-lock-timeout"],
    look,
};

fn look(step: &Step<'_>, found: &mut Vec<Found>) {
    let session = step.session;
    let is_set = session.local_lock_timeout.unwrap_or(session.lock_timeout);
    if is_set || session.is_given_lock_timeout || session.said_lock_timeout {
        return;
    }
    // What is weaker lets others write while it waits.
    let Some((table, mode)) = step
        .locks
        .iter()
        .filter(|(_, mode)| *mode >= LockMode::Share)
        .max_by_key(|(_, mode)| *mode)
    else {
        return;
    };
    let message = format!(
        "it waits for {} as long as it takes, and all that comes after it waits too",
        mode.name()
    );
    // What holds for a transaction alone would end where a statement between segments runs by itself.
    let is_local = matches!(step.transaction.kind, Kind::File | Kind::Begin);
    let sql = mend::limit_waiting(is_local, WAITS);
    let hit = step
        .found("missing-lock-timeout", table.to_string(), message)
        .fix(sql.clone());
    let start = step.statement.range.start;
    found.push(match step.statement.editable {
        true => hit.edit(start..start, format!("{sql}\n")),
        false => hit,
    });
}

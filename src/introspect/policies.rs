//! Row-level security policies (`pg_policy`).

use sqlx::Result;
use sqlx::postgres::PgRow;

use crate::catalog::policy::Policy;
use crate::catalog::trigger::Event;

use super::Reader;
use super::names::catalogs::PG_POLICY;
use super::values::{NONE, flag, oid, oids, optional_text, text, unknown};

/// By position: there may be tens of thousands.
pub(super) fn take(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let relation = oid(row, 1)?;
    // A platform's own tables have no policies of its making.
    let class = reader.names.class(relation);
    let Some(relation) = class.filter(|class| reader.is_open_to_users(relation, class)) else {
        return Ok(());
    };
    let roles = oids(text(row, 5)?)?;
    let mut roles: Vec<_> = match roles.contains(&NONE) {
        true => Vec::new(),
        false => roles.iter().map(|role| reader.names.role(*role)).collect(),
    };
    roles.sort();
    let policy = Policy {
        relation: relation.name.clone(),
        name: text(row, 2)?.into(),
        permissive: flag(row, 3)?,
        command: match text(row, 4)? {
            "*" => None,
            "r" => Some(Event::Select),
            "a" => Some(Event::Insert),
            "w" => Some(Event::Update),
            "d" => Some(Event::Delete),
            other => return Err(unknown("command of a policy", other)),
        },
        roles,
        using: optional_text(row, 6)?.map(str::to_owned),
        check: optional_text(row, 7)?.map(str::to_owned),
    };
    reader.names.add_object(PG_POLICY, oid(row, 0)?, policy.object());
    reader.draft.policies.push(policy);
    Ok(())
}

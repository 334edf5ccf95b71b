//! What every kind has alike: owners, grants, comments and security labels; default privileges and memberships.

mod defaults;
mod grants;
mod memberships;
mod rights;

use crate::catalog::types::TypeKind;
use crate::catalog::{Catalog, Object, ObjectId};
use crate::sql::literal;

use super::name::{bare, relation, target};
use super::{Part, Statement, Work, World};

pub use defaults::default_privileges;
pub use grants::grants;
pub use memberships::memberships;

/// What makes the object's owner that of `world.to`. One that is made by this migration (`is_fresh`) belongs to
/// `world.session` before.
pub fn owner(id: &ObjectId, is_fresh: bool, world: &World<'_>) -> Vec<Statement> {
    let Some(object) = world.to.object(id).filter(|object| owns_itself(*object)) else {
        return Vec::new();
    };
    let Some(wanted) = object.owner() else {
        return Vec::new();
    };
    let before = world.from.object(id).filter(|_| !is_fresh);
    let owned_by = |object: Object<'_>| matches!(object, Object::Sequence(row) if row.owned_by.is_some());
    // A sequence that belongs to a column has the table's owner, and gets a new one with it.
    if before.is_some_and(owned_by) && owned_by(object) {
        return Vec::new();
    }
    let had = match before {
        Some(before) => before.owner(),
        None => world.session,
    };
    if had == Some(wanted) {
        return Vec::new();
    }
    let mut statement =
        Statement::new(format!("ALTER {} OWNER TO {}", target(id, world.to), bare(wanted))).part(Part::Owner);
    if matches!(object, Object::Relation(_)) && !is_fresh {
        statement = statement.does(Work::Alter, [id.clone()]);
    }
    vec![statement]
}

/// Whether the object's owner is its own matter, rather than that of what it belongs to.
fn owns_itself(object: Object<'_>) -> bool {
    match object {
        Object::Sequence(row) => !row.identity && row.extension.is_none(),
        Object::Type(row) => !matches!(row.kind, TypeKind::Multirange { .. }) && row.extension.is_none(),
        Object::Relation(row) => row.extension.is_none(),
        Object::Schema(row) => row.extension.is_none() && !row.reference_only,
        Object::ForeignDataWrapper(row) => row.extension.is_none(),
        Object::EventTrigger(row) => row.extension.is_none(),
        _ => true,
    }
}

/// What makes the object's comment that of `world.to`.
pub fn comment(id: &ObjectId, is_fresh: bool, world: &World<'_>) -> Vec<Statement> {
    let wanted = said(id, world.to);
    let had = match (is_fresh, id) {
        (false, _) => Some(said(id, world.from)),
        // An extension comes with a comment of its own.
        (true, ObjectId::Extension(_)) => None,
        (true, _) => Some(""),
    };
    if had == Some(wanted) {
        return Vec::new();
    }
    let text = match wanted {
        "" => "NULL".to_owned(),
        text => literal(text).to_string(),
    };
    let target = target(id, world.to);
    let statement = Statement::new(format!("COMMENT ON {target} IS {text}")).part(Part::Comment);
    vec![statement.does(Work::Tune, told_of(id, world))]
}

/// The object's comment; empty where it has none. That of initdb on the schema `public` goes without saying.
fn said<'a>(id: &ObjectId, catalog: &'a Catalog) -> &'a str {
    let is_public = matches!(id, ObjectId::Schema(name) if name == "public");
    match catalog.comments.find(|row| row.object.cmp(id)) {
        Some(row) => &row.text,
        None if is_public => "standard public schema",
        None => "",
    }
}

/// The relation that a comment or label on the object locks.
fn told_of(id: &ObjectId, world: &World<'_>) -> Option<ObjectId> {
    match id {
        ObjectId::Table(name)
        | ObjectId::ForeignTable(name)
        | ObjectId::View(name)
        | ObjectId::MaterializedView(name)
        | ObjectId::Column(name, _) => Some(relation(world.to, name)),
        _ => None,
    }
}

/// What makes the object's security labels those of `world.to`.
pub fn labels(id: &ObjectId, is_fresh: bool, world: &World<'_>) -> Vec<Statement> {
    let wanted = world.to.security_labels.group(id, |row| &row.object);
    let had = match is_fresh {
        true => &[],
        false => world.from.security_labels.group(id, |row| &row.object),
    };
    let gone = had
        .iter()
        .filter(|row| !wanted.iter().any(|label| label.provider == row.provider))
        .map(|row| (&row.provider, None));
    let set = wanted
        .iter()
        .filter(|row| !had.contains(row))
        .map(|row| (&row.provider, Some(&row.label)));
    gone.chain(set)
        .map(|(provider, label)| {
            let label = label.map_or_else(|| "NULL".to_owned(), |label| literal(label).to_string());
            let target = target(id, world.to);
            let sql = format!("SECURITY LABEL FOR {} ON {target} IS {label}", bare(provider));
            Statement::new(sql)
                .part(Part::Labels)
                .does(Work::Tune, told_of(id, world))
        })
        .collect()
}

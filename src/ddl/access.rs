//! What every kind has alike: owners, grants, comments and security labels; default privileges and memberships.

use crate::catalog::{Name, ObjectId};

use super::{Statement, World};

/// What makes the object's owner that of `world.to`. One that is made by this migration (`is_fresh`) belongs to
/// `world.session` before.
pub fn owner(_: &ObjectId, _is_fresh: bool, _: &World<'_>) -> Vec<Statement> {
    todo!()
}

/// What makes the grants on the object those of `world.to`. On one that is made by this migration (`is_fresh`) there
/// are before those that default privileges give.
pub fn grants(_: &ObjectId, _is_fresh: bool, _: &World<'_>) -> Vec<Statement> {
    todo!()
}

/// What makes the object's comment that of `world.to`.
pub fn comment(_: &ObjectId, _is_fresh: bool, _: &World<'_>) -> Vec<Statement> {
    todo!()
}

/// What makes the object's security labels those of `world.to`.
pub fn labels(_: &ObjectId, _is_fresh: bool, _: &World<'_>) -> Vec<Statement> {
    todo!()
}

/// What makes the default privileges those of `world.to`, each with the role that they are of.
pub fn default_privileges(_: &World<'_>) -> Vec<(Name, Statement)> {
    todo!()
}

/// What makes the memberships of roles those of `world.to`, each with the role that has members.
pub fn memberships(_: &World<'_>) -> Vec<(Name, Statement)> {
    todo!()
}

//! The kinds by their rows.

use crate::catalog::Object;
use crate::catalog::object::objects;

use super::{Alteration, Ddl as _, Statement, World, hazards};

macro_rules! kinds {
    ($($kind:ident: $rows:ident,)+) => {
        /// What makes the object as `world.to` has it, apart from owner, grants, comments and labels.
        pub fn create(object: Object<'_>, world: &World<'_>) -> Vec<Statement> {
            let statements = match object {
                $(Object::$kind(row) => row.create(world),)+
            };
            hazards::labelled(statements, object, world)
        }

        /// What removes the object from `world.from`.
        pub fn drop(object: Object<'_>, world: &World<'_>) -> Vec<Statement> {
            match object {
                $(Object::$kind(row) => row.drop(world),)+
            }
        }

        /// What turns `old` into `new`, which has the same identity.
        pub fn alter(old: Object<'_>, new: Object<'_>, world: &World<'_>) -> Alteration {
            match (old, new) {
                $((Object::$kind(old), Object::$kind(new)) => old.alter(new, world),)+
                _ => Alteration::Replace,
            }
        }
    };
}
objects!(kinds);

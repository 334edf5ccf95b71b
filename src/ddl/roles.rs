//! Roles (`CREATE ROLE`).

use crate::catalog::access::Role;

use super::{Alteration, Ddl, Statement, World};

impl Ddl for Role {
    fn create(&self, _: &World<'_>) -> Vec<Statement> {
        todo!()
    }

    fn drop(&self, _: &World<'_>) -> Vec<Statement> {
        todo!()
    }

    fn alter(&self, _: &Self, _: &World<'_>) -> Alteration {
        todo!()
    }
}

//! Constraints of tables.

use crate::catalog::constraint::Constraint;

use super::{Alteration, Ddl, Statement, World};

impl Ddl for Constraint {
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

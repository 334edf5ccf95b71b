//! Functions, procedures and aggregates.

use crate::catalog::routine::Routine;

use super::{Alteration, Ddl, Statement, World};

impl Ddl for Routine {
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

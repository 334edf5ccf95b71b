//! Tables, foreign tables and views.

use crate::catalog::relation::Relation;

use super::{Alteration, Ddl, Statement, World};

impl Ddl for Relation {
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

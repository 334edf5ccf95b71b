//! Extended statistics.

use crate::catalog::index::Statistics;

use super::{Alteration, Ddl, Statement, World};

impl Ddl for Statistics {
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

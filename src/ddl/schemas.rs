//! Schemas and extensions.

use crate::catalog::schema::{Extension, Schema};

use super::{Alteration, Ddl, Statement, World};

impl Ddl for Schema {
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

impl Ddl for Extension {
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

//! Languages, access methods and transforms.

use crate::catalog::schema::{AccessMethod, Language, Transform};

use super::{Alteration, Ddl, Statement, World};

impl Ddl for Language {
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

impl Ddl for AccessMethod {
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

impl Ddl for Transform {
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

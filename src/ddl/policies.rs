//! Row-level security policies.

use crate::catalog::policy::Policy;

use super::{Alteration, Ddl, Statement, World};

impl Ddl for Policy {
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

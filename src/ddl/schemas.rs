//! Schemas and extensions.

use crate::catalog::schema::{Extension, Schema};
use crate::sql::literal;

use super::{Alteration, Ddl, Loss, Statement, World, bare};

impl Ddl for Schema {
    fn create(&self, _: &World<'_>) -> Vec<Statement> {
        vec![format!("CREATE SCHEMA {}", bare(&self.name)).into()]
    }

    /// What is in it has gone before.
    fn drop(&self, _: &World<'_>) -> Vec<Statement> {
        vec![Statement::new(format!("DROP SCHEMA {}", bare(&self.name))).loses(Loss::DropSchema)]
    }

    fn alter(&self, new: &Self, _: &World<'_>) -> Alteration {
        let Self {
            name: _,
            owner: _,
            reference_only: _,
            extension,
        } = self;
        if *extension == new.extension {
            Alteration::InPlace(Vec::new())
        } else {
            Alteration::Replace
        }
    }
}

impl Ddl for Extension {
    /// In the version that the server gives by itself: another server may have no other. One that every database is born
    /// with may be there.
    fn create(&self, _: &World<'_>) -> Vec<Statement> {
        let (name, schema) = (bare(&self.name), bare(&self.schema));
        vec![format!("CREATE EXTENSION IF NOT EXISTS {name} WITH SCHEMA {schema}").into()]
    }

    fn drop(&self, _: &World<'_>) -> Vec<Statement> {
        vec![Statement::new(format!("DROP EXTENSION {}", bare(&self.name))).loses(Loss::DropExtension)]
    }

    fn alter(&self, new: &Self, _: &World<'_>) -> Alteration {
        let Self { name, schema, version } = self;
        let name = bare(name);
        let mut statements = Vec::new();
        if *schema != new.schema {
            statements.push(format!("ALTER EXTENSION {name} SET SCHEMA {}", bare(&new.schema)).into());
        }
        if *version != new.version {
            statements.push(format!("ALTER EXTENSION {name} UPDATE TO {}", literal(&new.version)).into());
        }
        Alteration::InPlace(statements)
    }
}

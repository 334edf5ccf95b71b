//! Extended statistics.

use crate::catalog::Name;
use crate::catalog::index::Statistics;

use super::name::{bare, qualified, relation};
use super::{Alteration, Ddl, LockMode, Statement, World, plain_drop};

impl Ddl for Statistics {
    fn create(&self, world: &World<'_>) -> Vec<Statement> {
        let kinds = match self.kinds.as_slice() {
            [] => String::new(),
            kinds => format!(" ({})", kinds.join(", ")),
        };
        let columns = self.columns.iter().map(|column| bare(column));
        let expressions = self.expressions.iter().map(|expression| format!("({expression})"));
        let sql = format!(
            "CREATE STATISTICS {}{kinds}\n    ON {}\n    FROM {}",
            qualified(&self.name),
            columns.chain(expressions).collect::<Vec<_>>().join(", "),
            qualified(&self.relation)
        );
        let table = relation(world.to, &self.relation);
        let mut statements = vec![Statement::new(sql).locks(LockMode::ShareUpdateExclusive, table)];
        if self.target.is_some() {
            statements.push(self.set_target());
        }
        statements
    }

    fn drop(&self, world: &World<'_>) -> Vec<Statement> {
        plain_drop(&self.object(), world)
    }

    fn alter(&self, new: &Self, _: &World<'_>) -> Alteration {
        let Self {
            name: _,
            owner: _,
            relation,
            kinds,
            columns,
            expressions,
            target,
        } = self;
        // PostgreSQL keeps columns in the table's order, which may be another one here.
        let is_same = sorted(columns) == sorted(&new.columns) && sorted(kinds) == sorted(&new.kinds);
        if !is_same || (relation, expressions) != (&new.relation, &new.expressions) {
            return Alteration::Replace;
        }
        if target == &new.target {
            return Alteration::InPlace(Vec::new());
        }
        Alteration::InPlace(vec![new.set_target()])
    }
}

impl Statistics {
    fn set_target(&self) -> Statement {
        let name = qualified(&self.name);
        format!("ALTER STATISTICS {name} SET STATISTICS {}", self.target.unwrap_or(-1)).into()
    }
}

fn sorted(names: &[Name]) -> Vec<&Name> {
    let mut names = names.iter().collect::<Vec<_>>();
    names.sort();
    names
}

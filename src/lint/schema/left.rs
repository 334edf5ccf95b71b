//! What is left of a statement where what it makes, if it is not there, is there.

use std::borrow::Cow;

use crate::catalog::QName;
use crate::lint::statement::{Action, Statement, Verb};

use super::{Schema, UserType};

impl Schema {
    /// The statement without what `IF NOT EXISTS` and `IF EXISTS` make it leave alone.
    pub(in crate::lint) fn left_of<'a>(&self, statement: &'a Statement) -> Cow<'a, Statement> {
        let is_idle = match &statement.verb {
            Verb::CreateTable(table) if table.if_not_exists => {
                let name = table.name.as_ref().map(|path| self.resolve(path));
                name.is_some_and(|name| self.relation(&name).is_some())
            }
            Verb::CreateIndex(index) if index.if_not_exists => {
                let table = self.resolve(&index.table);
                let name = index.name.as_ref().map(|path| path.name.clone());
                name.is_some_and(|name| self.indexes.contains_key(&QName::new(table.schema, name)))
            }
            Verb::AddEnumValue {
                name,
                label,
                if_not_exists: true,
                ..
            } => {
                let known = self.types.get(&self.resolve_type(name));
                matches!(known, Some(UserType::Enum { labels, .. }) if labels.contains(label))
            }
            Verb::AlterTable { table, kind, actions } => {
                let name = self.resolve(table);
                let is_left = |action: &Action| {
                    !matches!(
                        action,
                        Action::AddColumn { column, if_not_exists: true } if self.column(&name, &column.name).is_some()
                    )
                };
                if actions.iter().all(is_left) {
                    return Cow::Borrowed(statement);
                }
                // The lock is taken all the same.
                let left = |action: &Action| if is_left(action) { action.clone() } else { Action::Alter };
                let verb = Verb::AlterTable {
                    table: table.clone(),
                    kind: *kind,
                    actions: actions.iter().map(left).collect(),
                };
                return Cow::Owned(Statement {
                    verb,
                    ..statement.clone()
                });
            }
            _ => false,
        };
        match is_idle {
            true => Cow::Owned(Statement {
                verb: Verb::Other,
                ..statement.clone()
            }),
            false => Cow::Borrowed(statement),
        }
    }
}

//! The statements that show one cell in psql: rows, role, claims, the statement, and everything taken back.

use std::collections::BTreeSet;

use super::cells::Cell;
use super::identities::Identity;
use super::rows::Key;
use super::shape::Class;
use super::{Stage, statements};
use crate::access::audit::rights::read_by;
use crate::catalog::{ObjectId, QName};

impl Stage<'_> {
    /// What psql shows the cell with, from an empty database of this schema.
    pub fn snippet(&self, table: &QName, identity: &Identity, cell: &Cell) -> String {
        let mut lines = vec!["begin;".to_owned()];
        lines.extend(self.set_up(table, identity, cell));
        lines.extend(
            identity
                .settings
                .iter()
                .map(|(setting, to)| format!("{};", statements::set_config(setting, to))),
        );
        lines.extend(cell.setup.iter().map(|setup| format!("{setup};")));
        lines.push(format!("{};", statements::become_role(&identity.role)));
        lines.push(format!("{};", cell.statement));
        lines.push("rollback;".to_owned());
        lines.join("\n")
    }

    /// What makes the rows again that tests of the table need, in order.
    pub(super) fn rows_for(&self, table: &QName) -> Vec<String> {
        let needed = self.needed(table);
        let order = self.world.order.iter().filter(|(name, _)| needed.contains(name));
        let made = order.filter_map(|(name, key)| self.world.rows.get(name)?.get(key));
        made.flat_map(|made| made.sql.clone()).collect()
    }

    /// The tables that lead to the table, or that its policies read.
    fn needed(&self, table: &QName) -> BTreeSet<QName> {
        let mut needed = BTreeSet::new();
        let mut waiting = vec![table.clone()];
        while let Some(name) = waiting.pop() {
            if !needed.insert(name.clone()) {
                continue;
            }
            if let Some(found) = self.views.tables.get(&name) {
                waiting.extend(
                    read_by(self.shape.catalog, &found.relation.row.object())
                        .into_iter()
                        .cloned(),
                );
            }
            if let Some(found) = self.shape.tables.get(&name) {
                waiting.extend(found.links.iter().map(|link| link.to.clone()));
                let policies = found.relation.policies().iter();
                let read = policies.flat_map(|policy| {
                    let policy = ObjectId::Policy(policy.relation.clone(), policy.name.clone());
                    read_by(self.shape.catalog, &policy)
                });
                waiting.extend(read.cloned());
            }
            if needed.len() == 1 {
                let joining = self
                    .shape
                    .tables
                    .iter()
                    .filter(|(_, table)| table.is_membership || table.role.is_some());
                waiting.extend(joining.map(|(name, _)| name.clone()));
            }
        }
        needed
    }

    /// The rows that the cell needs: those of the people that it is about, in the tables that lead to its own and that its
    /// policies read.
    fn set_up(&self, table: &QName, identity: &Identity, cell: &Cell) -> Vec<String> {
        let needed = self.needed(table);
        let people = identity
            .persona
            .map(Key::Person)
            .into_iter()
            .chain([cell.key])
            .collect::<BTreeSet<_>>();
        let mut lines = Vec::new();
        let mut wanted = BTreeSet::new();
        for key in &people {
            wanted.insert(*key);
            wanted.insert(Key::Common);
            wanted.extend(super::rows::tenant_of(&self.personas, *key).map(Key::Tenant));
        }
        // The row of a tenant may hang on its first member.
        let tenants = wanted.iter().filter_map(|key| match key {
            Key::Tenant(tenant) => self.personas.iter().position(|persona| persona.tenant == Some(*tenant)),
            _ => None,
        });
        let first = tenants.map(Key::Person).collect::<Vec<_>>();
        wanted.extend(first);
        for (name, key) in &self.world.order {
            let is_person = self
                .shape
                .tables
                .get(name)
                .is_some_and(|table| table.class == Class::Person);
            if needed.contains(name) && (wanted.contains(key) || is_person && *key == cell.key) {
                let made = self.world.rows.get(name).and_then(|rows| rows.get(key));
                lines.extend(
                    made.into_iter()
                        .flat_map(|made| made.sql.iter().map(|sql| format!("{sql};"))),
                );
            }
        }
        lines
    }
}

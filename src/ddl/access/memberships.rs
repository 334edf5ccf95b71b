//! Memberships of roles.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::access::Membership;
use crate::catalog::{Catalog, Name, ObjectId};

use super::super::name::bare;
use super::super::{Part, Statement, World};

/// What makes the memberships of roles those of `world.to`, each with the role that has members. Only roles that both sides name can lose any: of others,
/// nothing is known.
pub fn memberships(world: &World<'_>) -> Vec<(Name, Statement)> {
    let has_options = world.from.server.major >= 16 && world.to.server.major >= 16;
    let (have, want) = (told(world.from, has_options), told(world.to, has_options));
    let mut statements = Vec::new();
    for (key, had) in &have {
        let is_known = |role: &Name| has_role(world.from, role) && has_role(world.to, role);
        if !is_known(&key.member) || !(is_known(&key.role) || key.role.starts_with("pg_")) {
            continue;
        }
        match want.get(key) {
            None => statements.push(key.revoke("")),
            Some(wanted) if had.admin && !wanted.admin && !has_options => {
                statements.push(key.revoke("ADMIN OPTION FOR "));
            }
            Some(_) => {}
        }
    }
    // Whoever grants must have got the right to first.
    let mut todo: Vec<_> = want
        .iter()
        .filter(|(key, wanted)| have.get(key) != Some(wanted))
        .collect();
    let mut waiting: BTreeSet<_> = todo.iter().map(|(key, _)| (&key.role, &key.member)).collect();
    while !todo.is_empty() {
        let is_ready = |key: &Key| {
            key.grantor
                .as_ref()
                .is_none_or(|grantor| !waiting.contains(&(&key.role, grantor)))
        };
        let (mut ready, rest): (Vec<_>, Vec<_>) = todo.into_iter().partition(|(key, _)| is_ready(key));
        todo = rest;
        if ready.is_empty() {
            ready = std::mem::take(&mut todo);
        }
        for (key, wanted) in ready {
            waiting.remove(&(&key.role, &key.member));
            let had = have.get(key).is_some_and(|had| had.admin);
            if has_options || wanted.admin || !had {
                statements.push(key.grant(wanted, has_options));
            }
        }
    }
    statements
}

/// What tells a membership from others.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    role: Name,
    member: Name,
    /// `None` where it says nothing: before PostgreSQL 16, and where a superuser granted it.
    grantor: Option<Name>,
}

#[derive(Clone, Copy, PartialEq)]
struct Options {
    admin: bool,
    inherit: bool,
    set: bool,
}

fn told(catalog: &Catalog, has_options: bool) -> BTreeMap<Key, Options> {
    let mut told = BTreeMap::new();
    for row in &catalog.memberships {
        let Membership {
            role,
            member,
            grantor,
            admin,
            inherit,
            set,
        } = row;
        let is_superuser = catalog
            .roles
            .find(|role| role.name.cmp(grantor))
            .is_none_or(|role| role.superuser);
        let key = Key {
            role: role.clone(),
            member: member.clone(),
            grantor: (has_options && !is_superuser).then(|| grantor.clone()),
        };
        let options = Options {
            admin: *admin,
            inherit: *inherit || !has_options,
            set: *set || !has_options,
        };
        told.insert(key, options);
    }
    told
}

fn has_role(catalog: &Catalog, name: &Name) -> bool {
    catalog.roles.find(|role| role.name.cmp(name)).is_some()
}

impl Key {
    fn grant(&self, options: &Options, has_options: bool) -> (Name, Statement) {
        let mut sql = format!("GRANT {} TO {}", bare(&self.role), bare(&self.member));
        if has_options {
            let Options { admin, inherit, set } = options;
            sql.push_str(&format!(" WITH ADMIN {admin}, INHERIT {inherit}, SET {set}"));
        } else if options.admin {
            sql.push_str(" WITH ADMIN OPTION");
        }
        self.statement(sql)
    }

    fn revoke(&self, what: &str) -> (Name, Statement) {
        self.statement(format!("REVOKE {what}{} FROM {}", bare(&self.role), bare(&self.member)))
    }

    fn statement(&self, mut sql: String) -> (Name, Statement) {
        if let Some(grantor) = &self.grantor {
            sql.push_str(&format!(" GRANTED BY {}", bare(grantor)));
        }
        let roles = [&self.role, &self.member].into_iter().chain(&self.grantor);
        let statement = roles.fold(Statement::new(sql).part(Part::Grants), |statement, role| {
            statement.needs(ObjectId::Role(role.clone()))
        });
        (self.role.clone(), statement)
    }
}

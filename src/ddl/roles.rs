//! Roles. They belong to the whole cluster: one is made where it is missing, and never dropped.

use crate::catalog::access::Role;
use crate::sql::literal;

use super::{Alteration, Ddl, Statement, World, bare};

impl Ddl for Role {
    /// The role may be there already, as the one that runs this is, for another database or because nothing here named it.
    fn create(&self, world: &World<'_>) -> Vec<Statement> {
        if world.session == Some(&self.name) {
            return Vec::new();
        }
        let role = bare(&self.name);
        let plain = Self::plain(self.name.clone());
        let attributes = attributes(&plain, self).join(" ");
        let with = if attributes.is_empty() { "" } else { " WITH " };
        let block = format!(
            "\nBEGIN\n  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = {}) THEN\n    \
             CREATE ROLE {role}{with}{attributes};\n  END IF;\nEND\n",
            literal(&self.name)
        );
        let mut quotes = "$$".to_owned();
        while block.contains(&quotes) {
            quotes.insert(1, '_');
        }
        vec![labelled(format!("DO {quotes}{block}{quotes}"), &plain, self)]
    }

    /// Other databases may need it.
    fn drop(&self, _: &World<'_>) -> Vec<Statement> {
        Vec::new()
    }

    fn alter(&self, new: &Self, _: &World<'_>) -> Alteration {
        let attributes = attributes(self, new);
        if attributes.is_empty() {
            return Alteration::InPlace(Vec::new());
        }
        let sql = format!("ALTER ROLE {} WITH {}", bare(&self.name), attributes.join(" "));
        Alteration::InPlace(vec![labelled(sql, self, new)])
    }
}

/// The statement that makes `new` of `old`.
fn labelled(sql: String, old: &Role, new: &Role) -> Statement {
    match (new.superuser && !old.superuser) || (new.bypass_rls && !old.bypass_rls) {
        true => Statement::new(sql).hazard("role-bypasses-rls"),
        false => Statement::new(sql),
    }
}

/// The attributes that differ, as `new` has them. To name one, even to deny it, may take rights that the session has not.
fn attributes(old: &Role, new: &Role) -> Vec<String> {
    let Role {
        name: _,
        superuser,
        inherit,
        create_role,
        create_db,
        login,
        replication,
        bypass_rls,
        connection_limit,
    } = old;
    let flags = [
        ("SUPERUSER", *superuser, new.superuser),
        ("INHERIT", *inherit, new.inherit),
        ("CREATEROLE", *create_role, new.create_role),
        ("CREATEDB", *create_db, new.create_db),
        ("LOGIN", *login, new.login),
        ("REPLICATION", *replication, new.replication),
        ("BYPASSRLS", *bypass_rls, new.bypass_rls),
    ];
    let differing = flags.into_iter().filter(|(_, old, new)| old != new);
    let mut attributes = differing
        .map(|(attribute, _, is_set)| format!("{}{attribute}", if is_set { "" } else { "NO" }))
        .collect::<Vec<_>>();
    if *connection_limit != new.connection_limit {
        attributes.push(format!("CONNECTION LIMIT {}", new.connection_limit.unwrap_or(-1)));
    }
    attributes
}

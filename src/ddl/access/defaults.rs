//! Default privileges: what objects that are made later give.

use std::collections::BTreeSet;

use crate::catalog::access::{DefaultPrivilegeKind, Privilege};
use crate::catalog::acl::{Acl, AclKind};
use crate::catalog::{Catalog, Name};

use super::super::name::bare;
use super::super::{Part, Statement, World};
use super::grants::{list, role};
use super::rights::{overlaid_defaults, translate};

/// What makes the default privileges those of `world.to`, each with the role that they are of.
pub fn default_privileges(world: &World<'_>) -> Vec<(Name, Statement)> {
    let rows = world.from.default_privileges.iter();
    let rows = rows.chain(&world.to.default_privileges);
    let keys: BTreeSet<_> = rows
        .map(|row| (&row.role, row.schema.as_ref(), row.objects))
        // Those of a schema go with it.
        .filter(|(_, schema, _)| schema.is_none_or(|schema| world.to.own_schema(schema).is_some()))
        .collect();
    let statements = keys.into_iter().flat_map(|(role, schema, objects)| {
        let acl = |catalog: &Catalog| {
            let kind = acl_kind(objects);
            let baseline = match schema {
                Some(_) => Acl::new(),
                None => kind.default(role, catalog.server.major),
            };
            overlaid_defaults(baseline, role, schema, objects, catalog)
        };
        let defaults = Defaults {
            role,
            schema,
            objects,
            major: world.from.server.major,
        };
        let mut want = acl(world.to);
        translate(&mut want, acl_kind(objects), world);
        let statements = defaults.statements(&acl(world.from), &want);
        statements.into_iter().map(|statement| (role.clone(), statement))
    });
    statements.collect()
}

/// The entries of both, each with what either has of it.
pub(super) fn merged(mut acl: Acl, other: Acl) -> Acl {
    for (key, held) in other {
        let entry = acl.entry(key).or_default();
        entry.privileges.extend(held.privileges);
        entry.grantable.extend(held.grantable);
        for list in [&mut entry.privileges, &mut entry.grantable] {
            list.sort();
            list.dedup();
        }
    }
    acl
}

fn acl_kind(objects: DefaultPrivilegeKind) -> AclKind {
    match objects {
        DefaultPrivilegeKind::Tables => AclKind::Relation,
        DefaultPrivilegeKind::Sequences => AclKind::Sequence,
        DefaultPrivilegeKind::Functions => AclKind::Routine,
        DefaultPrivilegeKind::Types => AclKind::Type,
        DefaultPrivilegeKind::Schemas => AclKind::Schema,
        DefaultPrivilegeKind::LargeObjects => AclKind::LargeObject,
    }
}

/// Whose default privileges, where, and for what.
struct Defaults<'a> {
    role: &'a Name,
    schema: Option<&'a Name>,
    objects: DefaultPrivilegeKind,
    major: u32,
}

impl Defaults<'_> {
    fn statements(&self, have: &Acl, want: &Acl) -> Vec<Statement> {
        let (mut revokes, mut grants) = (Vec::new(), Vec::new());
        let keys: BTreeSet<_> = have.keys().chain(want.keys()).collect();
        for key in keys {
            let grantee = role(key.0.as_ref());
            let (had, wanted) = (have.get(key), want.get(key));
            if let Some(mut gone) = had.map(|had| had.without(wanted)) {
                gone.grantable.retain(|privilege| !gone.privileges.contains(privilege));
                revokes.extend(self.statement("REVOKE", &gone.privileges, &format!("FROM {grantee}")));
                let option = "REVOKE GRANT OPTION FOR";
                revokes.extend(self.statement(option, &gone.grantable, &format!("FROM {grantee}")));
            }
            if let Some(wanted) = wanted {
                let new = wanted.without(had);
                let mut plain = new.privileges;
                plain.retain(|privilege| !wanted.grantable.contains(privilege));
                grants.extend(self.statement("GRANT", &plain, &format!("TO {grantee}")));
                let option = format!("TO {grantee} WITH GRANT OPTION");
                grants.extend(self.statement("GRANT", &new.grantable, &option));
            }
        }
        revokes.into_iter().chain(grants).collect()
    }

    /// `None` without privileges.
    fn statement(&self, verb: &str, privileges: &[Privilege], who: &str) -> Option<Statement> {
        if privileges.is_empty() {
            return None;
        }
        let schema = self.schema.map(|schema| format!(" IN SCHEMA {}", bare(schema)));
        let objects = match self.objects {
            DefaultPrivilegeKind::Tables => "TABLES",
            DefaultPrivilegeKind::Sequences => "SEQUENCES",
            DefaultPrivilegeKind::Functions => "FUNCTIONS",
            DefaultPrivilegeKind::Types => "TYPES",
            DefaultPrivilegeKind::Schemas => "SCHEMAS",
            DefaultPrivilegeKind::LargeObjects => "LARGE OBJECTS",
        };
        let privileges = list(privileges, acl_kind(self.objects), self.major, "");
        let sql = format!(
            "ALTER DEFAULT PRIVILEGES FOR ROLE {}{} {verb} {privileges} ON {objects} {who}",
            bare(self.role),
            schema.unwrap_or_default()
        );
        Some(Statement::new(sql).part(Part::Grants))
    }
}

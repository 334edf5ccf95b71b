//! `[rls]`, held against the schema: what is named must exist.

use std::collections::BTreeSet;

use super::claims::Claims;
use crate::catalog::scope::Platform;
use crate::catalog::{Catalog, Name, QName};
use crate::config::Rls;
use crate::config::load::unknown;
use crate::sql::split_name;
use crate::{Error, Result};

/// What `[rls]` says about this schema, and what is found where it says nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The roles that come from outside.
    pub outside: Vec<Name>,
    /// The one of them that is nobody in particular.
    pub anonymous: Option<Name>,
    /// The roles of trusted servers.
    pub service: Vec<Name>,
    /// The table of users.
    pub users: Option<QName>,
    /// How SQL asks who sends a request.
    pub claims: Claims,
    /// Whether policies hold for the tables' owners too.
    pub force: bool,
    /// The schema of the functions that policies call.
    pub private_schema: Name,
    /// The schemas of the platform, which are its own matter.
    platform: Option<Platform>,
}

impl Settings {
    /// Reads `[rls]` against a schema. `roles` are those that the server has; a snapshot knows only those that something
    /// names.
    ///
    /// # Errors
    /// Where a role, a table or a function is named that does not exist, or the private schema is none.
    pub fn new(config: &Rls, catalog: &Catalog, roles: &[Name]) -> Result<Self> {
        let exists = |name: &Name| roles.contains(name) || catalog.roles.iter().any(|row| row.name == *name);
        let named = |key: &str, names: &[String]| {
            let mut found = Vec::new();
            for name in names {
                let name = Name::from(name.as_str());
                if !exists(&name) {
                    let known = catalog.roles.iter().map(|row| &row.name).chain(roles);
                    let known = known.map(Name::as_str).filter(|name| !name.starts_with("pg_"));
                    let known = known.collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>();
                    let message = format!("[rls] {key}: there is no role `{name}`");
                    return Err(unknown(message, &name, &known));
                }
                if !found.contains(&name) {
                    found.push(name);
                }
            }
            Ok(found)
        };
        let found = |names: &[&str]| {
            let names = names.iter().map(|name| Name::from(*name));
            names.filter(|name| exists(name)).collect::<Vec<_>>()
        };
        let outside = match named("roles", &config.roles)? {
            none if none.is_empty() => found(&["anon", "authenticated"]),
            named => named,
        };
        let anonymous = match &config.anonymous {
            Some(name) => named("anonymous", std::slice::from_ref(name))?.pop(),
            None => outside.iter().find(|name| *name == "anon").cloned(),
        };
        if let Some(name) = &anonymous
            && !outside.contains(name)
        {
            return Err(Error::new(format!("[rls] anonymous: `{name}` is not one of the roles"))
                .with_hint("name it in [rls] roles too"));
        }
        let service = match named("service", &config.service)? {
            none if none.is_empty() => found(&["service_role"]),
            named => named,
        };
        let is_supabase = is_supabase(catalog, &exists);
        let platform = is_supabase.then_some(Platform::Supabase);
        let private = config.private_schema.as_deref().unwrap_or("private");
        let is_platforms = platform.is_some_and(|platform| platform.schemas().contains(&private));
        if is_platforms || private == "public" || config.exposed_schemas.iter().any(|name| name == private) {
            let whose = if is_platforms {
                "the platform's own"
            } else {
                "one that roles from outside can address"
            };
            return Err(
                Error::new(format!("[rls] private-schema: `{private}` is {whose}")).with_hint(
                    "name one that is for the functions of policies alone: what they give, nobody else may ask for",
                ),
            );
        }
        Ok(Self {
            outside,
            anonymous,
            service,
            users: match &config.users {
                Some(name) => Some(table("users", name, catalog)?),
                None => Some(QName::new("auth", "users")).filter(|name| catalog.relation(name).is_some()),
            },
            claims: Claims::new(config, catalog, is_supabase)?,
            force: config.force,
            private_schema: private.into(),
            platform,
        })
    }

    /// The roles from outside that stand for somebody.
    pub fn signed_in(&self) -> impl Iterator<Item = &Name> {
        self.outside
            .iter()
            .filter(|name| Some(*name) != self.anonymous.as_ref())
    }

    /// Whether what is in this schema is for its users to protect: not the platform's own.
    pub fn is_ours(&self, schema: &Name) -> bool {
        !self
            .platform
            .is_some_and(|platform| platform.schemas().contains(&schema.as_str()))
    }

    /// Whether the role is one of the platform's own servers'.
    pub fn is_platforms_role(&self, role: &Name) -> bool {
        let has_name = |name: &Name| {
            name.starts_with("supabase_")
                || name.starts_with("pgsodium_")
                || ["authenticator", "dashboard_user", "pgbouncer", "postgres"].contains(&name.as_str())
        };
        self.platform.is_some() && has_name(role)
    }
}

/// Whether the database is a Supabase project's: `auth.uid()` is there, or what it is known by where the schema `auth` is
/// the platform's own matter.
fn is_supabase(catalog: &Catalog, exists: &impl Fn(&Name) -> bool) -> bool {
    let uid = QName::new("auth", "uid");
    let is_platforms = |schema: &crate::catalog::schema::Schema| schema.name == "auth" && schema.reference_only;
    catalog.routines.iter().any(|row| row.id.name == uid)
        || catalog.schemas.iter().any(is_platforms)
        || exists(&Name::new_static("supabase_auth_admin"))
}

/// The table that `[rls] key` names.
///
/// # Errors
/// Where the name is none, or there is no such table; with the nearest that there is.
pub(super) fn table(key: &str, name: &str, catalog: &Catalog) -> Result<QName> {
    let parts = split_name(name).unwrap_or_default();
    if let [schema, table] = parts.as_slice() {
        let table = QName::new(schema.as_str(), table.as_str());
        if catalog.relation(&table).is_some() {
            return Ok(table);
        }
    }
    let known = catalog.relations.iter().map(|row| row.name.to_string());
    let known = known.collect::<Vec<_>>();
    let known = known.iter().map(String::as_str).collect::<Vec<_>>();
    Err(unknown(
        format!("[rls] {key}: there is no table `{name}`"),
        name,
        &known,
    ))
}

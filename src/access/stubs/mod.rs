//! Policies that the schema asks for. What is not certain is denied.
//!
//! [`stubs`] concludes for each table whose its rows are ([`Access`]), and makes the catalog as it is wished: row-level
//! security, policies, grants, helpers and indexes as rows. How that is come to is the planner's matter.

mod anchored;
mod attributes;
mod chained;
mod declared;
mod grants;
mod indexes;
mod infer;
mod known;
mod members;
mod model;
mod parties;
mod permissions;
mod pins;
mod routines;
mod shape;
mod states;
mod surroundings;
mod tables;
mod text;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use super::Settings;
use super::audit::rights::{Rights, Source};
use super::settings::table as table_of;
use crate::Result;
use crate::catalog::access::DefaultPrivilegeKind;
use crate::catalog::facts::Names;
use crate::catalog::policy::Policy;
use crate::catalog::relation::RelationKind;
use crate::catalog::{Catalog, Name, ObjectId, QName, RoutineId, Rows};
use crate::config::load::unknown;
use crate::config::{Declared, Profile, Rls};
use crate::diagnostic::Diagnostic;

pub use model::{Access, Audience, Rule, Test, Withheld};

/// How the comment begins on what pgkeel wrote and may write again.
pub const MARK: &str = "pgkeel: ";

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// The tables that get policies; empty for all. With some, nothing else is touched.
    pub tables: Vec<QName>,
    /// Whether the outside roles reach tables; `None` for as they do now.
    pub profile: Option<Profile>,
    /// What is declared of tables.
    pub archetypes: BTreeMap<QName, Declared>,
    /// The schemas whose tables get policies; empty for all that are ours. Others are looked at alone.
    pub schemas: Vec<Name>,
    /// Schemas that the outside roles shall be able to name.
    pub exposed: Vec<Name>,
    /// The role that will run it, where that is known.
    pub session: Option<Name>,
    /// Where names without a schema are looked for, where that is known.
    pub names: Option<Names>,
    /// The roles that are bound by privileges, where they are known, and whether policies are not for them.
    pub roles: Option<BTreeMap<Name, bool>>,
}

/// What the schema asks for.
#[derive(Clone, Debug)]
pub struct Stubs {
    /// Whether the outside roles reach tables.
    pub profile: Profile,
    /// What was concluded of each table.
    pub tables: BTreeMap<QName, Access>,
    /// The catalog with the indexes that the policies need, and otherwise as it was.
    pub indexed: Catalog,
    /// The catalog as it is wished. Expressions are in our words, not yet in the server's.
    pub wished: Catalog,
    /// What to know of it.
    pub diagnostics: Vec<Diagnostic>,
}

impl Wish {
    /// What `[rls]` asks for, held against the schema.
    ///
    /// # Errors
    /// Where a table or a column is named that does not exist.
    pub fn new(config: &Rls, catalog: &Catalog) -> Result<Self> {
        let archetypes = config.archetypes.iter().map(|(name, declared)| {
            let table = table_of("archetypes", name, catalog)?;
            let columns = catalog
                .relation(&table)
                .map(|relation| relation.columns())
                .unwrap_or_default();
            for (key, named) in [("column", &declared.column), ("other", &declared.other)] {
                let Some(named) = named else { continue };
                let known = columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>();
                if !known.contains(&named.as_str()) {
                    let message = format!("[rls] archetypes: {key}: {table} has no column `{named}`");
                    return Err(unknown(message, named, &known));
                }
            }
            Ok((table, declared.clone()))
        });
        Ok(Self {
            tables: Vec::new(),
            schemas: Vec::new(),
            profile: config.profile,
            archetypes: archetypes.collect::<Result<_>>()?,
            exposed: config.exposed_schemas.iter().map(|name| name.as_str().into()).collect(),
            session: None,
            names: None,
            roles: None,
        })
    }

    /// Asks for this table, among others that are named.
    ///
    /// # Errors
    /// Where there is no such table.
    pub fn with_table(&mut self, name: &str, catalog: &Catalog) -> Result<()> {
        self.tables.push(table_of("stubs", name, catalog)?);
        Ok(())
    }

    /// Whether this relation is asked for.
    fn asks_for(&self, relation: &QName) -> bool {
        if self.tables.is_empty() {
            return self.reaches(&relation.schema) || self.archetypes.contains_key(relation);
        }
        self.tables.contains(relation)
    }

    /// Whether what is in the schema may be changed.
    fn reaches(&self, schema: &Name) -> bool {
        self.schemas.is_empty() || self.schemas.contains(schema)
    }
}

/// Concludes what policies the schema asks for.
///
/// # Errors
/// Where what is declared does not fit the schema.
pub fn stubs(catalog: &Catalog, settings: &Settings, wish: &Wish) -> Result<Stubs> {
    let mut diagnostics = Vec::new();
    let rights = Rights::new(catalog, settings);
    let profile = profile(catalog, settings, wish, &rights, &mut diagnostics);
    let named = wish
        .tables
        .iter()
        .chain(wish.archetypes.keys())
        .cloned()
        .collect::<Vec<_>>();
    let scope = shape::Scope::new(catalog, settings, &named);
    let by_hand = by_hand(catalog);
    // Nothing leans on the policies of what is left as it is: there may be none.
    let others = scope.tables.keys().filter(|name| !wish.asks_for(name));
    let left = by_hand.iter().chain(others.copied()).cloned().collect();
    let found = infer::infer(&scope, &wish.archetypes, &left)?;
    let draft = tables::Draft::new(catalog, settings, wish, profile, &rights, &by_hand);
    let (indexed, wished) = draft.finish(&scope, &found, &mut diagnostics);
    let closed = found
        .tables
        .keys()
        .filter(|name| wish.asks_for(name) && !by_hand.contains(**name));
    diagnostics.extend(closed.flat_map(|name| otherwise(&wished, settings, name)));
    diagnostics.extend(settings.service.iter().filter_map(|role| bound(role, wish)));
    let tables = found.tables.into_iter().filter(|(name, _)| wish.asks_for(name));
    Ok(Stubs {
        profile,
        tables: tables.map(|(name, access)| (name.clone(), access)).collect(),
        indexed,
        wished,
        diagnostics,
    })
}

/// The rights that roles from outside keep by what they are, or are members of: no grant of a table's owner changes that.
fn otherwise(wished: &Catalog, settings: &Settings, table: &QName) -> Vec<Diagnostic> {
    use crate::catalog::access::Privilege::{Delete, Insert, Select, Truncate, Update};
    let rights = Rights::new(wished, settings);
    let object = ObjectId::Table(table.clone());
    let kept = settings.outside.iter().filter_map(|role| {
        let sources = [Select, Insert, Update, Delete, Truncate]
            .into_iter()
            .filter_map(|privilege| rights.source(role, privilege, &object));
        let through = sources.filter_map(|source| match source {
            Source::Superuser => Some("it is a superuser".to_owned()),
            Source::Predefined(other) => Some(format!("it is a member of {other}")),
            Source::Owner(owner) if owner == role => None,
            Source::Owner(other) => Some(format!("it is a member of {other}")),
            Source::Granted { grantee, .. } => {
                let other = grantee.filter(|grantee| *grantee != role)?;
                Some(format!("it is a member of {other}"))
            }
        });
        let through = through.collect::<BTreeSet<_>>().into_iter().next()?;
        let message = format!("{role} has more rights on it than policies are for, because {through}");
        Some(Diagnostic::warning(table.to_string(), message).with_hint("take the role out of the other"))
    });
    kept.collect()
}

/// A server's role that policies bind reaches no row: none of them is for it.
fn bound(role: &Name, wish: &Wish) -> Option<Diagnostic> {
    let bypasses = wish.roles.as_ref()?.get(role)?;
    let message = "row-level security binds it, and no policy is for it: servers reach no row as this role";
    let hint = format!("ALTER ROLE {role} BYPASSRLS, or name it in [rls] roles if users act as it");
    (!bypasses).then(|| Diagnostic::warning(format!("role {role}"), message).with_hint(hint))
}

fn listed(names: &[Name]) -> String {
    names.iter().map(Name::as_str).collect::<Vec<_>>().join(", ")
}

/// The tables with a policy that somebody wrote himself.
fn by_hand(catalog: &Catalog) -> BTreeSet<QName> {
    let others = catalog
        .policies
        .iter()
        .filter(|policy| !is_ours(catalog, &policy.object()));
    others.map(|policy| policy.relation.clone()).collect()
}

/// Whether pgkeel wrote it: its comment says so.
fn is_ours(catalog: &Catalog, object: &ObjectId) -> bool {
    catalog.comment(object).is_some_and(|text| text.starts_with(MARK))
}

/// Whether the outside roles reach tables: what is asked for, or as they do now.
fn profile(
    catalog: &Catalog,
    settings: &Settings,
    wish: &Wish,
    rights: &Rights<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Profile {
    if let Some(profile) = wish.profile {
        return profile;
    }
    use crate::catalog::access::Privilege::{Delete, Insert, Select, Truncate, Update};
    let is_data = |kind| !matches!(kind, RelationKind::ForeignTable);
    let relations = catalog.relations.iter().filter(|row| {
        is_data(row.kind)
            && row.extension.is_none()
            && (settings.is_ours(&row.name.schema) || wish.archetypes.contains_key(&row.name))
    });
    let relations = relations.collect::<Vec<_>>();
    for role in &settings.outside {
        let reached = relations.iter().find(|row| {
            let privileges = [Select, Insert, Update, Delete, Truncate];
            row.owner != *role
                && privileges
                    .iter()
                    .any(|privilege| rights.can_some(role, *privilege, row))
        });
        let why = match reached {
            Some(row) => Some(format!("{role} has rights on {}", row.name)),
            None => {
                let mut new = rights.of_new(role, DefaultPrivilegeKind::Tables);
                let is_ours = |row: &crate::catalog::access::DefaultPrivilege| {
                    row.schema
                        .as_ref()
                        .is_none_or(|schema| settings.is_ours(schema) && catalog.own_schema(schema).is_some())
                };
                new.any(is_ours).then(|| format!("{role} gets rights on new tables"))
            }
        };
        if let Some(why) = why {
            diagnostics.push(Diagnostic::note("profile", format!("postgrest, because {why}")));
            return Profile::Postgrest;
        }
    }
    // What denied everything left nothing that tells; an api-only schema takes functions from everybody.
    let marks = catalog.comments.iter().filter(|row| row.text.starts_with(MARK));
    let (policies, others) = marks.partition::<Vec<_>, _>(|row| matches!(row.object, ObjectId::Policy(..)));
    let takes_functions = catalog.default_privileges.iter().any(|row| {
        row.objects == DefaultPrivilegeKind::Functions && row.grantee.is_none() && row.privileges.is_empty()
    });
    if policies.is_empty() && !others.is_empty() && !takes_functions {
        diagnostics.push(Diagnostic::note(
            "profile",
            "postgrest, as before: all tables are closed one by one",
        ));
        return Profile::Postgrest;
    }
    diagnostics.push(Diagnostic::note(
        "profile",
        "api-only, because no role from outside has rights on a table",
    ));
    Profile::ApiOnly
}

impl Stubs {
    /// Leaves a routine without the path that it was to get, and says why.
    pub fn unpin(&mut self, from: &Catalog, id: &RoutineId, why: &str) {
        let Some(before) = from.routines.find(|row| row.id.cmp(id)) else {
            return;
        };
        let rows = self.wished.routines.iter().map(|row| match row.id == *id {
            true => before.clone(),
            false => row.clone(),
        });
        self.wished.routines = Rows::sorted(rows.collect());
        self.diagnostics.push(routines::unpinned(before, why));
    }

    /// The same with the expressions as a server writes them that has read them once: `read` is the wished catalog, built
    /// there.
    #[must_use]
    pub fn reworded(self, read: &Catalog) -> Self {
        self.worded(read, |_| true)
    }

    /// As [`Self::reworded`], but only where `from` has the policy so already.
    #[must_use]
    pub fn unless_there(self, from: &Catalog, read: &Catalog) -> Self {
        let is_there = |as_read: &Policy| from.policies.iter().any(|policy| policy == as_read);
        self.worded(read, is_there)
    }

    fn worded(mut self, read: &Catalog, takes: impl Fn(&Policy) -> bool) -> Self {
        let policies = self.wished.policies.iter().map(|policy| {
            let as_read = read.policies.iter().find(|other| other.object() == policy.object());
            match as_read.filter(|as_read| is_ours(&self.wished, &policy.object()) && takes(as_read)) {
                Some(as_read) => Policy {
                    using: as_read.using.clone(),
                    check: as_read.check.clone(),
                    ..policy.clone()
                },
                None => policy.clone(),
            }
        });
        self.wished.policies = Rows::sorted(policies.collect());
        self
    }
}

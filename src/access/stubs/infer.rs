//! Whose the rows of each table are, from keys first and names second. What is not certain is denied.

use std::collections::{BTreeMap, BTreeSet};

use super::declared;
use super::members::{Roles, Sharing, Tenancy};
use super::model::{Access, Helper, Test};
use super::permissions::Permissions;
use super::shape::{Scope, Table};
use super::{anchored, chained, known, words};
use crate::Result;
use crate::catalog::constraint::ForeignKey;
use crate::catalog::trigger::Event;
use crate::catalog::{Name, QName};
use crate::config::{Archetype, Declared};
use crate::diagnostic::Diagnostic;

/// What was found out about the tables of a schema.
pub(super) struct Found<'a> {
    /// The rights on each table.
    pub(super) tables: BTreeMap<&'a QName, Access>,
    /// The functions that the policies call, by name.
    pub(super) helpers: BTreeMap<QName, Helper>,
}

/// What is known of the schema as a whole before its tables are looked at one by one.
pub(super) struct Whole<'a> {
    /// Its tables.
    pub(super) scope: &'a Scope<'a>,
    /// Who belongs to which tenant.
    pub(super) tenancies: Vec<Tenancy<'a>>,
    /// Who shares what.
    pub(super) sharings: Vec<Sharing<'a>>,
    /// Who has which role.
    pub(super) roles: Option<Roles<'a>>,
    /// What roles are permitted by a table.
    pub(super) permissions: Option<Permissions<'a>>,
    /// The claim that a hook puts into the token, which says the user's role.
    pub(super) role_claim: Option<String>,
    /// The columns that name tenants of a claim, by the table that they lead to.
    pub(super) claimed: BTreeMap<&'a QName, Name>,
    /// Those that stay as they are, so that nothing may lean on their policies.
    pub(super) left: &'a BTreeSet<QName>,
}

/// Finds out whose the rows of each table are.
///
/// # Errors
/// Where `declared` asks for what the schema does not have.
pub(super) fn infer<'a>(
    scope: &'a Scope<'a>,
    declared: &'a BTreeMap<QName, Declared>,
    left: &'a BTreeSet<QName>,
) -> Result<Found<'a>> {
    let whole = Whole::new(scope, declared, left);
    let mut found = BTreeMap::new();
    let mut open = Vec::new();
    for (name, table) in &scope.tables {
        let access = match declared.get(*name) {
            Some(wish) => declared::access(&whole, table, wish)?,
            None => anchored::access(&whole, table),
        };
        match access {
            Some(access) => {
                found.insert(*name, access);
            }
            None => open.push(*name),
        }
    }
    chained::resolve(&whole, &mut found, &mut open);
    for name in open {
        found.insert(name, known::access(&whole, &scope.tables[name]));
    }
    chained::check_parents(&whole, &mut found);
    if let Some(permissions) = &whole.permissions {
        for (name, access) in &mut found {
            let is_somebodys = !access.rules.is_empty() && access.archetype != Archetype::RbacPermission;
            access
                .diagnostics
                .extend(permissions.beside(name).filter(|_| is_somebodys));
        }
    }
    Ok(Found {
        helpers: helpers(&whole, &found),
        tables: found,
    })
}

impl<'a> Whole<'a> {
    fn new(scope: &'a Scope<'a>, declared: &BTreeMap<QName, Declared>, left: &'a BTreeSet<QName>) -> Self {
        let declared_as = |table: &Table<'_>| declared.get(table.name()).map(|wish| wish.archetype);
        let tables = || scope.tables.values();
        let mut tenancies = Vec::<Tenancy<'a>>::new();
        for table in tables() {
            let wish = declared_as(table);
            if wish.is_some_and(|wish| wish != Archetype::Membership) {
                continue;
            }
            if let Some(tenancy) = Tenancy::of(scope, table, wish.is_some()) {
                // Of several tables of members for one kind of tenant, the one with roles, or the first, says who belongs.
                match tenancies.iter_mut().find(|other| other.tenants == tenancy.tenants) {
                    Some(other) if other.role.is_none() && tenancy.role.is_some() => *other = tenancy,
                    Some(_) => {}
                    None => tenancies.push(tenancy),
                }
            }
        }
        let names = tenancies
            .iter()
            .map(|tenancy| tenancy.tenants.clone())
            .collect::<Vec<_>>();
        for tenancy in &mut tenancies {
            if names.iter().filter(|name| name.name == tenancy.tenants.name).count() > 1 {
                tenancy.tell_apart();
            }
        }
        let is_members = |table: &Table<'_>| tenancies.iter().any(|tenancy| tenancy.members == table.name());
        let sharings = tables()
            .filter(|table| !is_members(table) && declared_as(table).is_none_or(|wish| wish == Archetype::ShareGrants));
        let mut sharings = sharings
            .filter_map(|table| Sharing::of(scope, table))
            .collect::<Vec<_>>();
        let mut seen = BTreeSet::new();
        sharings.retain(|sharing| seen.insert(&sharing.things.name));
        let mut roles = tables().filter_map(|table| match declared_as(table) {
            Some(Archetype::RbacTable) => Roles::of(scope, table, true),
            None if !is_members(table) => Roles::of(scope, table, false),
            _ => None,
        });
        let roles = roles.next();
        let mut whole = Self {
            scope,
            tenancies,
            sharings,
            roles,
            permissions: Permissions::of(scope),
            role_claim: known::role_claim(scope),
            claimed: BTreeMap::new(),
            left,
        };
        for table in tables() {
            for key in &table.keys {
                if let [column] = key.columns.as_slice()
                    && words::names_tenant(column)
                    && scope.tables.contains_key(&key.references)
                    && !scope.users.contains_key(&key.references)
                    && whole.tenancy(&key.references).is_none()
                {
                    let target = &scope.tables[&key.references];
                    if scope.user_columns(target).is_empty() {
                        whole.claimed.entry(&key.references).or_insert_with(|| column.clone());
                    }
                }
            }
        }
        whole
    }

    /// The tenancy of this table of tenants.
    pub(super) fn tenancy(&self, tenants: &QName) -> Option<&Tenancy<'a>> {
        self.tenancies.iter().find(|tenancy| tenancy.tenants == tenants)
    }

    /// The column of a table that names its tenant, and the tenancy: by a foreign key, or by the name and type that the
    /// table of members has for it.
    pub(super) fn tenant_column(&self, table: &Table<'_>) -> Option<(Name, &Tenancy<'a>)> {
        let by_key = self.tenancies.iter().find_map(|tenancy| {
            let key = table.keys.iter().find(|key| {
                key.references == *tenancy.tenants
                    && key.referenced_columns.as_slice() == [tenancy.key.clone()]
                    && key.references != *table.name()
            })?;
            Some((key.columns.first()?.clone(), tenancy))
        });
        by_key.or_else(|| {
            self.tenancies.iter().find_map(|tenancy| {
                let column = table.column(&tenancy.column.name)?;
                let leads = table
                    .keys
                    .iter()
                    .any(|key| key.columns.as_slice() == [column.name.clone()]);
                let is_same = !leads && column.data_type == tenancy.column.data_type;
                (is_same && words::names_tenant(&column.name)).then(|| (column.name.clone(), tenancy))
            })
        })
    }

    /// Whether those who are signed in can be asked whether they see a row of this table.
    pub(super) fn is_ours(&self, table: &QName) -> bool {
        !self.left.contains(table)
    }
}

/// A denying access with its candidates, and the line that decides.
pub(super) fn denied(table: &QName, candidates: &[String]) -> Access {
    let evidence = match candidates {
        [] => "nothing says whose its rows are".to_owned(),
        candidates => format!("candidates: {}", candidates.join("; ")),
    };
    let mut access = Access::closed(Archetype::Deny, evidence.clone());
    access.diagnostics.push(
        Diagnostic::warning(table.to_string(), format!("denied to all roles from outside, because {}", {
            match candidates {
                [] => evidence,
                _ => format!("it is not certain whose its rows are ({evidence})"),
            }
        }))
        .with_hint(format!(
            "decide it in pgkeel.toml: [rls] archetypes = {{ {:?} = \"owner\" }}, or another; \"service-only\" says that this is meant",
            table.to_string()
        )),
    );
    access
}

/// The key as pairs of its own columns and those that they lead to.
pub(super) fn pairs(key: &ForeignKey) -> Vec<(Name, Name)> {
    let columns = key.columns.iter().cloned();
    columns.zip(key.referenced_columns.iter().cloned()).collect()
}

/// The functions that the policies call: those of the tenancies, shares and roles that some policy asks.
fn helpers(whole: &Whole<'_>, found: &BTreeMap<&QName, Access>) -> BTreeMap<QName, Helper> {
    let claims = &whole.scope.settings.claims;
    let tenancies = whole.tenancies.iter().flat_map(|tenancy| tenancy.helpers(claims));
    let sharings = whole.sharings.iter().flat_map(|sharing| sharing.helpers(claims));
    let roles = whole.roles.iter().map(|roles| roles.helper(claims));
    let mut called = BTreeSet::new();
    for (name, access) in found {
        if whole.left.contains(*name) {
            continue;
        }
        for rule in &access.rules {
            rule.using
                .iter()
                .chain(&rule.check)
                .for_each(|test| calls(test, &mut called));
        }
    }
    let helpers = tenancies.chain(sharings).chain(roles);
    let helpers = helpers.filter(|helper| called.contains(&helper.name));
    helpers.map(|helper| (helper.name.clone(), helper)).collect()
}

/// The helpers that a test calls.
pub(super) fn calls<'t>(test: &'t Test, called: &mut BTreeSet<&'t QName>) {
    match test {
        Test::Among(_, call) | Test::Asked(call) => {
            called.insert(&call.helper);
        }
        Test::Parent(_, _, Some(test)) => calls(test, called),
        Test::All(tests) | Test::Any(tests) => tests.iter().for_each(|test| calls(test, called)),
        _ => {}
    }
}

/// Reading, adding, changing, removing.
pub(super) const ALL: &[Event] = &[Event::Select, Event::Insert, Event::Update, Event::Delete];

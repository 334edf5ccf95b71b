//! Who sends the statements: each role from outside as nobody, as the users that rows were made for, and as an outsider; and
//! the roles of trusted servers.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::Wish;
use super::rows::{Key, Persona, World, tenant_key, user_key};
use super::shape::{Class, Shape, labels};
use crate::access::{Claims, Settings, Source};
use crate::catalog::routine::Body;
use crate::catalog::{Catalog, Name, QName};
use crate::config::Archetype;
use crate::{Error, Result};

/// Somebody who sends statements.
#[derive(Clone, Debug, PartialEq)]
pub struct Identity {
    /// Who it is, such as `authenticated, member (owner)`.
    pub name: String,
    /// The role that it acts as.
    pub role: Name,
    /// What kind of sender it is.
    pub kind: Sender,
    /// The number of the persona, where it is one.
    pub(super) persona: Option<usize>,
    /// The settings that say who it is.
    pub(super) settings: Vec<(String, String)>,
}

/// What kind of sender an identity is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender {
    /// The role that is nobody in particular.
    Anonymous,
    /// A role that stands for somebody, and nobody has signed in.
    Nobody,
    /// A user.
    User,
    /// A user whose role may reach what is others'.
    Trusted,
    /// A trusted server.
    Service,
}

/// Words for what a role may do, the most powerful first.
const RANKS: &[&str] = &[
    "superadmin",
    "super_admin",
    "root",
    "owner",
    "administrator",
    "admin",
    "manager",
    "maintainer",
    "moderator",
    "staff",
    "editor",
    "developer",
    "writer",
    "write",
    "contributor",
    "member",
    "commenter",
    "user",
    "customer",
    "reader",
    "read",
    "viewer",
    "view",
    "guest",
    "none",
];

/// How many roles of members are told apart.
const MEMBER_ROLES: usize = 6;

/// How powerful a role is by its name: more is more. `None` where the name says nothing.
pub(super) fn rank(role: &str) -> Option<usize> {
    let role = role.to_lowercase();
    let at = RANKS.iter().position(|known| role == *known);
    at.map(|at| RANKS.len() - at)
}

/// The roles that claims say, as it is declared: the claims' names, and the roles.
pub(super) fn told_roles(wish: &Wish) -> (BTreeSet<String>, BTreeSet<Name>) {
    let by_roles = wish.archetypes.values().filter(|declared| {
        matches!(
            declared.archetype,
            Archetype::RbacClaim | Archetype::RbacPermission | Archetype::Rbac
        )
    });
    let by_roles = by_roles.collect::<Vec<_>>();
    let names = by_roles.iter().filter_map(|declared| declared.claim.clone());
    let roles = by_roles.iter().flat_map(|declared| &declared.roles);
    (
        names.chain(["user_role".to_owned()]).collect(),
        roles.map(|role| role.as_str().into()).collect(),
    )
}

/// Those who have rows, and those whose claims say a role of `told`.
pub(super) fn personas(shape: &Shape<'_>, told: &BTreeSet<Name>) -> Vec<Persona> {
    let mut personas = with_rows(shape);
    let is_new = |role: &&Name| personas.iter().all(|persona| persona.role.as_ref() != Some(role));
    let more = told.iter().filter(is_new).map(|role| Persona {
        name: format!("user ({role})"),
        tenant: None,
        role: Some(role.clone()),
        is_trusted: true,
        has_rows: false,
    });
    let more = more.collect::<Vec<_>>();
    personas.extend(more);
    personas
}

fn with_rows(shape: &Shape<'_>) -> Vec<Persona> {
    let persona = |name: &str, tenant: Option<usize>, role: Option<&Name>| Persona {
        name: name.to_owned(),
        tenant,
        role: role.cloned(),
        is_trusted: false,
        has_rows: true,
    };
    let roles = role_labels(shape, shape.has_tenants());
    if !shape.has_tenants() {
        let mut roles = roles;
        roles.sort_by_key(|role| rank(role).unwrap_or(RANKS.len()));
        let weakest = roles.first();
        let mut personas = vec![persona("user A", None, weakest), persona("user B", None, weakest)];
        personas.extend(roles.iter().skip(1).map(|role| Persona {
            is_trusted: true,
            ..persona(&format!("user ({role})"), None, Some(role))
        }));
        return personas;
    }
    let mut personas = Vec::new();
    match roles.as_slice() {
        [] | [_] => {
            personas.push(persona("member", Some(0), roles.first()));
            personas.push(persona("another member", Some(0), roles.first()));
        }
        roles => personas.extend(
            roles
                .iter()
                .map(|role| persona(&format!("member ({role})"), Some(0), Some(role))),
        ),
    }
    let strongest = roles
        .iter()
        .max_by_key(|role| rank(role))
        .filter(|role| rank(role).is_some());
    personas.push(persona(
        "member of another tenant",
        Some(1),
        strongest.or_else(|| roles.first()),
    ));
    personas.push(Persona {
        has_rows: false,
        ..persona("outsider", None, None)
    });
    personas
}

/// What members, or users, may be.
fn role_labels(shape: &Shape<'_>, of_members: bool) -> Vec<Name> {
    let tables = shape.tables.values().filter(|table| table.is_membership == of_members);
    let found = tables.filter_map(|table| {
        let role = table.role?;
        Some(labels(shape.catalog, table.relation, role)).filter(|labels| !labels.is_empty())
    });
    let mut labels = found.max_by_key(Vec::len).unwrap_or_default();
    labels.dedup();
    labels.truncate(MEMBER_ROLES);
    labels
}

/// Everybody who sends statements.
///
/// # Errors
/// Where the claims cannot be set, because nothing says how.
pub(super) fn identities(
    shape: &Shape<'_>,
    settings: &Settings,
    personas: &[Persona],
    world: &World,
    wish: &Wish,
) -> Result<Vec<Identity>> {
    let means = Means::new(settings, shape.catalog, wish.login.as_deref())?;
    let (role_claims, _) = told_roles(wish);
    let claims_of = |persona: &Persona| {
        let mut claims = tenant_claims(shape, world, persona.tenant, persona.role.as_ref());
        if let Some(role) = &persona.role {
            claims.extend(role_claims.iter().map(|claim| (claim.clone(), role.to_string())));
        }
        claims
    };
    let told = |claims: &BTreeMap<String, String>| told(&settings.claims, claims);
    let mut identities = Vec::new();
    for role in &settings.outside {
        let is_anonymous = Some(role) == settings.anonymous.as_ref();
        identities.push(Identity {
            name: if is_anonymous {
                role.to_string()
            } else {
                format!("{role}, nobody")
            },
            role: role.clone(),
            kind: if is_anonymous {
                Sender::Anonymous
            } else {
                Sender::Nobody
            },
            persona: None,
            settings: means.settings(role, None, &BTreeMap::new(), &Map::new()),
        });
        if is_anonymous {
            // A token can say both: that its role is nobody in particular, and who has it.
            if let Some(persona) = personas.first() {
                let key = user_key(shape, world, 0, user_type(shape));
                let (claims, more) = told(&claims_of(persona));
                let mut all = means.settings(role, Some(&key), &claims, &Map::new());
                all.extend(more);
                identities.push(Identity {
                    name: format!("{role}, as {}", persona.name),
                    role: role.clone(),
                    kind: Sender::User,
                    persona: Some(0),
                    settings: all,
                });
            }
            continue;
        }
        for (number, persona) in personas.iter().enumerate() {
            let key = user_key(shape, world, number, user_type(shape));
            let (claims, more) = told(&claims_of(persona));
            let other = if persona.tenant == Some(0) { 1 } else { 0 };
            // What users can write themselves must not count for anything.
            let forged = tenant_claims(shape, world, Some(other), Some(&Name::new_static("admin")));
            let forged = forged.into_iter().map(|(name, value)| (name, Value::String(value)));
            let mut all = means.settings(role, Some(&key), &claims, &forged.collect());
            all.extend(more);
            identities.push(Identity {
                name: format!("{role}, {}", persona.name),
                role: role.clone(),
                kind: if persona.is_trusted {
                    Sender::Trusted
                } else {
                    Sender::User
                },
                persona: Some(number),
                settings: all,
            });
        }
    }
    for role in &settings.service {
        identities.push(Identity {
            name: role.to_string(),
            role: role.clone(),
            kind: Sender::Service,
            persona: None,
            settings: means.settings(role, None, &BTreeMap::new(), &Map::new()),
        });
    }
    Ok(identities)
}

/// The type of a user's key.
pub(super) fn user_type<'s>(shape: &'s Shape<'_>) -> &'s str {
    let of_users = shape.users.as_ref().and_then(|name| {
        let relation = shape.catalog.relation(name)?;
        relation.column(relation.primary_key().first()?)
    });
    let of_owner = || {
        let mut tables = shape.tables.values().filter(|table| table.class == Class::Personal);
        tables.find_map(|table| table.relation.column(table.owners.first()?))
    };
    of_users
        .or_else(of_owner)
        .map_or("uuid", |column| column.data_type.as_str())
}

/// What a token says of the tenant that its user is a member of, by the names of columns.
fn tenant_claims(
    shape: &Shape<'_>,
    world: &World,
    tenant: Option<usize>,
    role: Option<&Name>,
) -> BTreeMap<String, String> {
    let mut claims = BTreeMap::new();
    if let Some(tenant) = tenant {
        for table in shape.tables.values().filter(|table| table.class != Class::Tenant) {
            for (column, to) in &table.tenants {
                let data_type = table.relation.column(column).map(|column| column.data_type.as_str());
                let key = tenant_key(shape, world, tenant, to.as_ref(), data_type.unwrap_or("uuid"));
                for name in ["tenant", "tenant_id", "org_id"] {
                    claims.entry(name.to_owned()).or_insert_with(|| key.clone());
                }
                claims.insert(column.to_string(), key);
            }
        }
    }
    if let Some(role) = role {
        claims.insert("user_role".to_owned(), role.to_string());
    }
    claims
}

/// The claims with those that are declared under the names by which their SQL reads them from the token, and the settings
/// that it reads otherwise.
fn told(declared: &Claims, claims: &BTreeMap<String, String>) -> (BTreeMap<String, String>, Vec<(String, String)>) {
    let mut named = claims.clone();
    let mut settings = Vec::new();
    for (name, sql) in declared.all_declared() {
        let Some(value) = claims.get(name.as_str()) else {
            continue;
        };
        let read = settings_of(sql);
        let is_key = |text: &&str| {
            !read.iter().any(|setting| setting == text) && !["", "true", "app_metadata", "user_metadata"].contains(text)
        };
        let keys = sql.split('\'').skip(1).step_by(2).filter(is_key);
        named.extend(keys.map(|key| (key.to_owned(), value.clone())));
        let others = read.into_iter().filter(|setting| setting != "request.jwt.claims");
        settings.extend(others.map(|setting| (setting, value.clone())));
    }
    (named, settings)
}

/// The settings that an expression or a body reads by their names.
fn settings_of(sql: &str) -> Vec<String> {
    let read = sql.split("current_setting(").skip(1).filter_map(|rest| {
        let text = rest.trim_start().strip_prefix('\'')?;
        text.split_once('\'').map(|(name, _)| name.to_owned())
    });
    read.collect()
}

/// How a session is told who sends the request.
enum Means {
    /// By the token's claims, as JSON in one setting.
    Jwt {
        /// Whether what the server says of a user is in `app_metadata`.
        nested: bool,
    },
    /// By a setting for the user, and others beside it.
    Setting(String),
    /// By a statement of the user's own.
    Login(String),
}

impl Means {
    fn new(settings: &Settings, catalog: &Catalog, login: Option<&str>) -> Result<Self> {
        if let Some(login) = login {
            return Ok(Self::Login(login.to_owned()));
        }
        Ok(match &settings.claims.source {
            Source::Supabase => Self::Jwt { nested: true },
            Source::JwtClaims => Self::Jwt { nested: false },
            Source::Setting(name) => Self::Setting(name.clone()),
            Source::Function(name) => of_function(name, catalog).ok_or_else(|| {
                Error::new(format!(
                    "it is not clear how a session signs in: [rls] claims-source {name} reads no setting that could be set"
                ))
                .with_hint("say it: [rls] login = \"app.user_id={user}\" names the setting, with {user} and {role} for the values")
            })?,
        })
    }

    fn settings(
        &self,
        role: &Name,
        user: Option<&str>,
        claims: &BTreeMap<String, String>,
        forged: &Map<String, Value>,
    ) -> Vec<(String, String)> {
        match self {
            Self::Jwt { nested } => {
                let mut token = Map::new();
                let listed = claims
                    .iter()
                    .map(|(name, value)| (name.clone(), Value::String(value.clone())));
                token.extend(listed.clone());
                token.insert("role".to_owned(), json!(role.as_str()));
                if let Some(user) = user {
                    token.insert("sub".to_owned(), json!(user));
                    token.insert("aud".to_owned(), json!("authenticated"));
                    token.insert("aal".to_owned(), json!("aal1"));
                    if *nested {
                        let mut trusted = listed.collect::<Map<_, _>>();
                        if let Some(role) = claims.get("user_role") {
                            trusted.insert("role".to_owned(), json!(role));
                        }
                        token.insert("app_metadata".to_owned(), Value::Object(trusted));
                    }
                    let mut forged = forged.clone();
                    forged.insert("role".to_owned(), json!("admin"));
                    token.insert("user_metadata".to_owned(), Value::Object(forged));
                }
                vec![("request.jwt.claims".to_owned(), Value::Object(token).to_string())]
            }
            Self::Setting(name) => {
                let mut settings = vec![(name.clone(), user.unwrap_or_default().to_owned())];
                let prefix = name.rsplit_once('.').map_or("", |(prefix, _)| prefix);
                let beside = claims
                    .iter()
                    .map(|(claim, value)| (format!("{prefix}.{claim}"), value.clone()));
                settings.extend(beside.filter(|(setting, _)| setting != name));
                settings
            }
            Self::Login(template) => {
                let lines = template.split(';').filter_map(|line| line.split_once('='));
                let filled = lines.map(|(setting, value)| {
                    let value = value
                        .replace("{user}", user.unwrap_or_default())
                        .replace("{role}", role);
                    (setting.trim().to_owned(), value)
                });
                filled.collect()
            }
        }
    }
}

/// The one setting that the body of a function reads, where it is plain.
fn of_function(name: &QName, catalog: &Catalog) -> Option<Means> {
    let routine = catalog
        .routines
        .iter()
        .find(|row| row.id.name == *name && row.id.arguments.is_empty())?;
    let (Body::Source(body) | Body::Sql(body)) = &routine.body else {
        return None;
    };
    let mut settings = settings_of(body).into_iter();
    let first = settings.next()?;
    if settings.any(|other| other != first) {
        return None;
    }
    Some(match first.as_str() {
        "request.jwt.claims" => Means::Jwt { nested: false },
        _ => Means::Setting(first),
    })
}

/// Whose row it is, to somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Whose {
    /// The sender's own.
    Own,
    /// One of the sender's tenant: the tenant's, or another member's.
    Tenant,
    /// Somebody else's.
    Other,
    /// Nobody's.
    Unowned,
    /// The sender's own, in a tenant that the sender is no member of.
    Left,
    /// Somebody else's, in a state that a policy names.
    Shown,
}

impl Whose {
    /// The word for it in files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Tenant => "tenant",
            Self::Other => "other",
            Self::Unowned => "unowned",
            Self::Left => "left",
            Self::Shown => "shown",
        }
    }

    /// The words for it in sentences.
    pub fn phrase(self) -> &'static str {
        match self {
            Self::Own => "its own row",
            Self::Tenant => "a row of its tenant",
            Self::Other => "somebody else's row",
            Self::Unowned => "a row of nobody",
            Self::Left => "its own row in a tenant that it has left",
            Self::Shown => "somebody else's row in a state that a policy names",
        }
    }
}

/// Whose the row of this key is to the persona.
pub(super) fn whose(personas: &[Persona], persona: Option<usize>, key: Key) -> Whose {
    let tenant = persona.and_then(|persona| personas.get(persona)?.tenant);
    match key {
        Key::Common | Key::Unowned => Whose::Unowned,
        Key::Stray if persona == Some(0) => Whose::Left,
        Key::Stray if tenant == Some(1) => Whose::Tenant,
        Key::Stray => Whose::Other,
        Key::State if persona.is_some() && persona == super::rows::last(personas) => Whose::Own,
        Key::State => Whose::Shown,
        Key::Person(other) if Some(other) == persona => Whose::Own,
        Key::Person(other) if tenant.is_some() && personas.get(other).is_some_and(|other| other.tenant == tenant) => {
            Whose::Tenant
        }
        Key::Tenant(other) if tenant == Some(other) => Whose::Tenant,
        Key::Person(_) | Key::Tenant(_) => Whose::Other,
    }
}

//! What every rule looks at: the catalog, who can do what in it, and the policies' expressions, read once.

use std::collections::BTreeMap;

use sqlparser::ast::Expr;

use super::expressions::{self, Call};
use super::rights::Rights;
use super::truth::{Caller, Scope};
use crate::access::Settings;
use crate::catalog::access::Privilege;
use crate::catalog::facts::Facts;
use crate::catalog::lookup::RelationRef;
use crate::catalog::policy::Policy;
use crate::catalog::relation::{Relation, RelationKind};
use crate::catalog::routine::Routine;
use crate::catalog::trigger::Event;
use crate::catalog::{Catalog, Name, ObjectId, QName};
use crate::sql::identifier;

/// What a rule looks at.
#[derive(Debug)]
pub struct Context<'a> {
    /// The schema.
    pub catalog: &'a Catalog,
    /// `[rls]`, held against it.
    pub settings: &'a Settings,
    /// Who can do what.
    pub rights: Rights<'a>,
    /// What the server has besides the schema.
    pub facts: &'a Facts,
    /// The schemas that outside roles can address.
    pub exposed: Vec<Name>,
    parsed: BTreeMap<(&'a QName, &'a Name), Parsed>,
    /// The roles from outside; without any, nobody in particular.
    outside: Vec<Option<&'a Name>>,
}

/// A policy's expressions, as trees.
#[derive(Debug, Default)]
struct Parsed {
    using: Option<Expr>,
    check: Option<Expr>,
    /// Which of them could not be read.
    unread: Vec<&'static str>,
}

/// The four commands that policies are about.
pub(super) const COMMANDS: [Event; 4] = [Event::Select, Event::Insert, Event::Update, Event::Delete];

impl<'a> Context<'a> {
    /// Reads the policies of a catalog.
    pub fn new(catalog: &'a Catalog, settings: &'a Settings, facts: &'a Facts, exposed: Vec<Name>) -> Self {
        let parsed = catalog.policies.iter().map(|policy| {
            let mut parsed = Parsed::default();
            for (what, text) in [("USING", &policy.using), ("WITH CHECK", &policy.check)] {
                let Some(text) = text else { continue };
                let expr = expressions::parse(text);
                if expr.is_none() {
                    parsed.unread.push(what);
                }
                match what {
                    "USING" => parsed.using = expr,
                    _ => parsed.check = expr,
                }
            }
            ((&policy.relation, &policy.name), parsed)
        });
        let mut outside = settings.outside.iter().map(Some).collect::<Vec<_>>();
        if outside.is_empty() {
            outside.push(None);
        }
        Self {
            catalog,
            settings,
            rights: Rights::new(catalog, settings),
            facts,
            exposed,
            parsed: parsed.collect(),
            outside,
        }
    }

    /// What a policy's `USING` says, as a tree.
    pub(super) fn using(&self, policy: &'a Policy) -> Option<&Expr> {
        self.parsed.get(&(&policy.relation, &policy.name))?.using.as_ref()
    }

    /// What a policy's `WITH CHECK` says, as a tree.
    pub(super) fn check(&self, policy: &'a Policy) -> Option<&Expr> {
        self.parsed.get(&(&policy.relation, &policy.name))?.check.as_ref()
    }

    /// What new rows have to satisfy: `WITH CHECK`, or `USING` in its place.
    pub(super) fn new_rows(&self, policy: &'a Policy) -> Option<&Expr> {
        match policy.check {
            Some(_) => self.check(policy),
            None => self.using(policy),
        }
    }

    /// Both expressions of a policy that there are, with the words that they stand after.
    pub(super) fn expressions(&self, policy: &'a Policy) -> impl Iterator<Item = (&'static str, &Expr)> {
        let using = self.using(policy).map(|expr| ("USING", expr));
        using
            .into_iter()
            .chain(self.check(policy).map(|expr| ("WITH CHECK", expr)))
    }

    /// The expressions of policies that could not be read, by policy.
    pub(super) fn unread(&self) -> impl Iterator<Item = (String, &'static str)> {
        self.parsed.iter().flat_map(|((relation, name), parsed)| {
            let subject = format!("{relation}.{}", identifier(name));
            parsed.unread.iter().map(move |what| (subject.clone(), *what))
        })
    }

    /// Whether what is in the schema is for its users to protect.
    pub(super) fn is_ours(&self, schema: &Name) -> bool {
        self.catalog.own_schema(schema).is_some() && self.settings.is_ours(schema)
    }

    /// The relations that are for their users to protect: neither a platform's nor an extension's.
    pub(super) fn relations(&self) -> impl Iterator<Item = RelationRef<'a>> {
        let ours = self.catalog.relation_refs();
        ours.filter(|relation| relation.row.extension.is_none() && self.is_ours(&relation.row.name.schema))
    }

    /// The tables among them, partitioned ones and partitions included.
    pub(super) fn tables(&self) -> impl Iterator<Item = RelationRef<'a>> {
        self.relations().filter(|relation| is_table(relation.row))
    }

    /// The routines that are for their users to protect.
    pub(super) fn routines(&self) -> impl Iterator<Item = &'a Routine> {
        self.catalog
            .routines
            .iter()
            .filter(|row| self.is_ours(&row.id.name.schema))
    }

    /// The policies that users wrote, each with its table; those on a platform's tables too.
    pub(super) fn policies(&self) -> impl Iterator<Item = (&'a Policy, RelationRef<'a>)> {
        let policies = self.catalog.policies.iter();
        policies.filter_map(|policy| Some((policy, self.catalog.relation(&policy.relation)?)))
    }

    /// The policies of tables on which row-level security is enabled.
    pub(super) fn policies_in_force(&self) -> impl Iterator<Item = (&'a Policy, RelationRef<'a>)> {
        self.policies().filter(|(_, table)| table.row.row_security)
    }

    /// Whether outside roles can address what is in the schema.
    pub(super) fn is_exposed(&self, schema: &Name) -> bool {
        self.exposed.contains(schema)
    }

    /// The outside roles that can use the privilege on the relation, or on some column of it.
    pub(super) fn who_can(&self, privilege: Privilege, relation: &Relation) -> Vec<&'a Name> {
        let roles = self.settings.outside.iter();
        roles
            .filter(|role| self.rights.can_some(role, privilege, relation))
            .collect()
    }

    /// The outside roles that can use the privilege on the object.
    pub(super) fn who_can_use(&self, privilege: Privilege, object: &ObjectId) -> Vec<&'a Name> {
        let roles = self.settings.outside.iter();
        roles.filter(|role| self.rights.can(role, privilege, object)).collect()
    }

    /// The outside roles that a policy binds; `None` for nobody in particular, where there are no such roles and the
    /// policy is not for trusted servers alone.
    pub(super) fn audience(&self, policy: &Policy) -> Vec<Option<&'a Name>> {
        let is_trusted = |role: &Name| self.settings.service.contains(role) || self.rights.bypasses_rls(role);
        let is_bound = |role: &Option<&'a Name>| match role {
            Some(role) => {
                let is_for = policy.roles.is_empty() || policy.roles.iter().any(|to| self.rights.acts_as(role, to));
                is_for && !self.rights.bypasses_rls(role)
            }
            None => policy.roles.is_empty() || policy.roles.iter().any(|role| !is_trusted(role)),
        };
        self.outside.iter().copied().filter(is_bound).collect()
    }

    /// The roles that policies of the table are asked about: those from outside, and those that a policy names;
    /// `None` for everybody else, where there are no others.
    pub(super) fn roles_of(&self, table: RelationRef<'a>) -> Vec<Option<&'a Name>> {
        let named = table.policies().iter().flat_map(|policy| &policy.roles);
        let mut roles = self.settings.outside.iter().chain(named).collect::<Vec<_>>();
        roles.retain(|role| !self.settings.service.contains(role) && self.rights.is_bound(role, table.row));
        roles.sort();
        roles.dedup();
        match roles.is_empty() {
            true => vec![None],
            false => roles.into_iter().map(Some).collect(),
        }
    }

    /// What an expression of the table's is worked out with, for a role.
    pub(super) fn scope(&self, table: Option<RelationRef<'a>>, role: Option<&'a Name>) -> Scope<'_> {
        let signed_in = role.and_then(|role| match Some(role) == self.settings.anonymous.as_ref() {
            true => Some(false),
            false => self.settings.outside.contains(role).then_some(true),
        });
        Scope {
            catalog: self.catalog,
            claims: &self.settings.claims,
            users: self.settings.users.as_ref(),
            table,
            caller: Caller {
                role,
                signed_in,
                is_bare: false,
            },
            ignores_null: false,
        }
    }

    /// The routine that is called, where it is not PostgreSQL's own and there is one of its name.
    pub(super) fn routine(&self, call: &Call<'_>) -> Option<&'a Routine> {
        let name = call.routine()?;
        self.catalog.routines.group(&name, |row| &row.id.name).first()
    }
}

/// Whether it is a table that can have row-level security.
pub(super) fn is_table(relation: &Relation) -> bool {
    matches!(relation.kind, RelationKind::Table | RelationKind::PartitionedTable)
}

/// A policy, as findings name it.
pub(super) fn policy_name(policy: &Policy) -> String {
    format!("{}.{}", policy.relation, identifier(&policy.name))
}

/// A column, as findings name it.
pub(super) fn column_name(relation: &QName, column: &str) -> String {
    format!("{relation}.{}", identifier(column))
}

/// "anon", "anon and authenticated", "a, b and c".
pub(super) fn listed<T: AsRef<str>>(names: &[T]) -> String {
    match names {
        [] => "nobody".to_owned(),
        [one] => one.as_ref().to_owned(),
        [first @ .., last] => {
            let first = first.iter().map(AsRef::as_ref).collect::<Vec<_>>();
            format!("{} and {}", first.join(", "), last.as_ref())
        }
    }
}

/// The roles of an audience, for a sentence.
pub(super) fn people(roles: &[Option<&Name>]) -> String {
    let named = roles.iter().flatten().map(|role| role.as_str()).collect::<Vec<_>>();
    match named.is_empty() {
        true => "every role that it applies to".to_owned(),
        false => listed(&named),
    }
}

/// The word for a command.
pub(super) fn word(command: Event) -> &'static str {
    match command {
        Event::Select => "SELECT",
        Event::Insert => "INSERT",
        Event::Update => "UPDATE",
        Event::Delete => "DELETE",
        Event::Truncate => "TRUNCATE",
    }
}

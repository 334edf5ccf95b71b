//! What a role really can, from owners, grants, memberships, flags and policies (manual, sections 5.8, 5.9 and 22.3).
//!
//! Nothing is asked of a server: a snapshot is enough. Of what the catalog holds for reference alone, such as a
//! platform's schemas, it has no grants: there, only an owner's and a superuser's rights are known ([`Rights::is_known`]).

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::access::Settings;
use crate::catalog::access::{DefaultPrivilege, DefaultPrivilegeKind, Privilege};
use crate::catalog::acl::AclKind;
use crate::catalog::lookup::RelationRef;
use crate::catalog::policy::Policy;
use crate::catalog::relation::{Relation, RelationKind};
use crate::catalog::trigger::Event;
use crate::catalog::{Catalog, Name, ObjectId, QName};

/// Who can do what in one catalog.
#[derive(Debug)]
pub struct Rights<'a> {
    catalog: &'a Catalog,
    roles: BTreeMap<Name, Role>,
}

/// What a role is, by itself and through others.
#[derive(Clone, Debug, Default)]
struct Role {
    superuser: bool,
    bypass_rls: bool,
    /// The roles whose rights it has without `SET ROLE`: itself first among them.
    acts_as: BTreeSet<Name>,
}

/// Why a role has a privilege.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source<'a> {
    /// It is a superuser.
    Superuser,
    /// It owns the object, or inherits from the owner.
    Owner(&'a Name),
    /// A role of PostgreSQL's own has it everywhere (`pg_read_all_data`, `pg_write_all_data`).
    Predefined(&'static str),
    /// It was granted.
    Granted {
        /// To whom: the role, a role that it inherits from, or `None` for everybody (`PUBLIC`).
        grantee: Option<&'a Name>,
        /// By whom.
        grantor: &'a Name,
    },
}

/// The policies that decide on the rows of a command (manual, `CREATE POLICY`, table "Policies Applied by Command Type").
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Applied<'a> {
    /// A row has to pass one of these.
    pub permissive: Vec<&'a Policy>,
    /// And all of these.
    pub restrictive: Vec<&'a Policy>,
}

/// How far a command gets with a role, as far as privileges and the presence of policies tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// No privilege: the command fails (42501).
    Denied,
    /// The privilege, and no permissive policy: no row is found, and none can be written.
    None,
    /// Policies decide, row by row.
    Some,
    /// Every row: row-level security does not bind the role here.
    All,
}

impl Reach {
    /// Its name, as it is shown and written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Denied => "denied",
            Self::None => "none",
            Self::Some => "some",
            Self::All => "all",
        }
    }
}

impl<'a> Rights<'a> {
    /// Works out who has whose rights. Roles that `settings` names are known even where nothing in the catalog names them.
    pub fn new(catalog: &'a Catalog, settings: &Settings) -> Self {
        let mut roles = BTreeMap::<Name, Role>::new();
        for row in &catalog.roles {
            let role = roles.entry(row.name.clone()).or_default();
            role.superuser = row.superuser;
            role.bypass_rls = row.bypass_rls;
        }
        let named = settings.outside.iter().chain(&settings.service);
        for name in named.chain(catalog.memberships.iter().map(|row| &row.member)) {
            roles.entry(name.clone()).or_default();
        }
        let names = roles.keys().cloned().collect::<Vec<_>>();
        for name in names {
            let acts_as = inherited(catalog, &name);
            roles.entry(name).or_default().acts_as = acts_as;
        }
        Self { catalog, roles }
    }

    /// The roles that are known, by name; PostgreSQL's own (`pg_…`) are not among them.
    pub fn roles(&self) -> impl Iterator<Item = &Name> {
        self.roles.keys()
    }

    /// Whether the role is a superuser, to whom everything is allowed.
    pub fn is_superuser(&self, role: &str) -> bool {
        self.roles.get(role).is_some_and(|role| role.superuser)
    }

    /// Whether row-level security never binds the role: `BYPASSRLS`, which nobody inherits, or a superuser.
    pub fn bypasses_rls(&self, role: &str) -> bool {
        let role = self.roles.get(role);
        role.is_some_and(|role| role.superuser || role.bypass_rls)
    }

    /// Whether `role` has the rights of `other` without `SET ROLE`: it is that role, a superuser, or a member that
    /// inherits (`has_privs_of_role`). A policy for `other` applies to it.
    pub fn acts_as(&self, role: &str, other: &str) -> bool {
        role == other
            || self
                .roles
                .get(role)
                .is_some_and(|known| known.superuser || known.acts_as.contains(other))
    }

    /// Whether the catalog has the grants of what is in this schema: not of what it holds for reference alone.
    pub fn is_known(&self, schema: &Name) -> bool {
        self.catalog.own_schema(schema).is_some()
    }

    /// Whether the role can name what is in the schema (`USAGE`). Of a schema that is not known it is taken for granted.
    pub fn uses_schema(&self, role: &str, schema: &Name) -> bool {
        !self.is_known(schema) || self.holds(role, Privilege::Usage, &ObjectId::Schema(schema.clone()))
    }

    /// Whether the role can use the privilege on the object: it holds it, and `USAGE` of the schema that the object is
    /// in. For a column a privilege on its relation counts.
    pub fn can(&self, role: &str, privilege: Privilege, object: &ObjectId) -> bool {
        self.holds(role, privilege, object)
            && match object {
                ObjectId::Schema(_) => true,
                _ => object.schema().is_none_or(|schema| self.uses_schema(role, schema)),
            }
    }

    /// Whether the role can use the privilege on the relation or on some column of it.
    pub fn can_some(&self, role: &str, privilege: Privilege, relation: &Relation) -> bool {
        self.can(role, privilege, &relation.object())
            || self.columns(relation).any(|column| self.can(role, privilege, &column))
    }

    /// As [`Self::can`], whatever the rights on the schema.
    pub fn holds(&self, role: &str, privilege: Privilege, object: &ObjectId) -> bool {
        self.source(role, privilege, object).is_some()
    }

    /// Why the role holds the privilege; `None` where it does not. For a column a privilege on its relation counts.
    pub fn source(&self, role: &str, privilege: Privilege, object: &ObjectId) -> Option<Source<'a>> {
        if self.is_superuser(role) {
            return Some(Source::Superuser);
        }
        if let Some(source) = self.predefined(role, privilege, object) {
            return Some(source);
        }
        let granted = self.granted(object).find_map(|(grantee, grantor, privileges)| {
            let is_for = grantee.is_none_or(|grantee| self.acts_as(role, grantee));
            if !is_for || !privileges.contains(&privilege) {
                return None;
            }
            let owner = self.owner(object).filter(|owner| grantee == Some(*owner));
            Some(match owner {
                Some(owner) => Source::Owner(owner),
                None => Source::Granted { grantee, grantor },
            })
        });
        match object {
            ObjectId::Column(relation, _) if granted.is_none() => {
                let relation = self.catalog.relation(relation)?;
                self.source(role, privilege, &relation.row.object())
            }
            _ => granted,
        }
    }

    /// Whether everybody (`PUBLIC`) holds the privilege on the object itself.
    pub fn public_holds(&self, privilege: Privilege, object: &ObjectId) -> bool {
        self.granted(object)
            .any(|(grantee, _, privileges)| grantee.is_none() && privileges.contains(&privilege))
    }

    /// Who holds what on the object itself by its access control list: the built-in default with what was granted and
    /// revoked; grantees (`None` for everybody) with grantors. A column's list does not have its relation's.
    pub fn granted(
        &self,
        object: &ObjectId,
    ) -> impl Iterator<Item = (Option<&'a Name>, &'a Name, Vec<Privilege>)> + use<'a> {
        let rows = self.catalog.grants.group(object, |row| &row.object);
        let given = rows
            .iter()
            .filter(|row| !row.privileges.is_empty())
            .map(|row| (row.grantee.as_ref(), &row.grantor, row.privileges.clone()));
        let owner = kind(object).zip(self.owner(object));
        let default = owner.map(|(kind, owner)| {
            let acl = kind.default(owner, self.catalog.server.major);
            let left = acl.into_iter().filter(|((grantee, grantor), _)| {
                !rows
                    .iter()
                    .any(|row| row.grantee == *grantee && row.grantor == *grantor)
            });
            let entries = left.map(|((grantee, _), held)| (grantee.map(|_| owner), owner, held.privileges));
            entries.collect::<Vec<_>>()
        });
        given.chain(default.unwrap_or_default())
    }

    /// Whom the object belongs to; for a column its relation's owner. `None` where it is not in the catalog.
    pub fn owner(&self, object: &ObjectId) -> Option<&'a Name> {
        let catalog = self.catalog;
        match object {
            ObjectId::Schema(name) => catalog.schemas.find(|row| row.name.cmp(name)).map(|row| &row.owner),
            ObjectId::Table(name)
            | ObjectId::View(name)
            | ObjectId::MaterializedView(name)
            | ObjectId::ForeignTable(name)
            | ObjectId::Column(name, _) => catalog.relation(name).map(|relation| &relation.row.owner),
            ObjectId::Sequence(name) => catalog.sequences.find(|row| row.name.cmp(name)).map(|row| &row.owner),
            ObjectId::Routine(id) => catalog.routines.find(|row| row.id.cmp(id)).map(|row| &row.owner),
            ObjectId::Type(name) => catalog.user_type(name).map(|row| &row.owner),
            _ => None,
        }
    }

    /// Whether row-level security binds the role on this table (`check_enable_rls`): it is enabled, and the role neither
    /// bypasses it nor has the owner's rights, unless it is forced on the owner.
    pub fn is_bound(&self, role: &str, table: &Relation) -> bool {
        table.row_security
            && !self.bypasses_rls(role)
            && (table.force_row_security || !self.acts_as(role, &table.owner))
    }

    /// The policies of the table that apply to the role in this command, by name; none for `TRUNCATE`, which asks no
    /// policy. Those for reading, which an UPDATE or DELETE with a condition asks as well, are [`Event::Select`]'s.
    pub fn policies(&self, role: &str, table: RelationRef<'a>, command: Event) -> Applied<'a> {
        let mut applied = Applied::default();
        for policy in table.policies() {
            let is_for = policy.roles.is_empty() || policy.roles.iter().any(|to| self.acts_as(role, to));
            let is_about = command != Event::Truncate && policy.command.is_none_or(|about| about == command);
            match (is_for && is_about, policy.permissive) {
                (false, _) => {}
                (true, true) => applied.permissive.push(policy),
                (true, false) => applied.restrictive.push(policy),
            }
        }
        applied
    }

    /// How far the command gets with the role, from privileges and the presence of policies alone. A privilege on some
    /// columns is enough. A view gives what its query reaches: see [`Self::read_as`].
    pub fn reach(&self, role: &str, relation: RelationRef<'a>, command: Event) -> Reach {
        if !self.can_some(role, privilege(command), relation.row) {
            return Reach::Denied;
        }
        if command == Event::Truncate || !self.is_bound(role, relation.row) {
            return Reach::All;
        }
        match self.policies(role, relation, command).permissive.is_empty() {
            true => Reach::None,
            false => Reach::Some,
        }
    }

    /// As whom the query of a view reads when `role` uses it: the view's owner, unless the view is `security_invoker`.
    /// For anything else it is the role.
    pub fn read_as<'r>(&self, role: &'r Name, relation: &'r Relation) -> &'r Name {
        match relation.kind {
            RelationKind::View if !relation.is_security_invoker() => &relation.owner,
            _ => role,
        }
    }

    /// The default privileges that what is made from now on gives the role, or everybody, for one kind of object.
    pub fn of_new(&self, role: &str, kind: DefaultPrivilegeKind) -> impl Iterator<Item = &'a DefaultPrivilege> {
        self.catalog.default_privileges.iter().filter(move |row| {
            row.objects == kind
                && !row.privileges.is_empty()
                && row.grantee.as_ref().is_none_or(|grantee| self.acts_as(role, grantee))
        })
    }

    fn columns(&self, relation: &Relation) -> impl Iterator<Item = ObjectId> {
        let columns = self.catalog.columns.group(&relation.name, |row| &row.relation);
        columns.iter().map(|column| column.object())
    }

    fn predefined(&self, role: &str, privilege: Privilege, object: &ObjectId) -> Option<Source<'a>> {
        let is_relation = matches!(
            object,
            ObjectId::Table(_)
                | ObjectId::View(_)
                | ObjectId::MaterializedView(_)
                | ObjectId::ForeignTable(_)
                | ObjectId::Column(..)
                | ObjectId::Sequence(_)
        );
        let is_schema = matches!(object, ObjectId::Schema(_)) && privilege == Privilege::Usage;
        let reads = is_schema || is_relation && privilege == Privilege::Select;
        let is_write = matches!(privilege, Privilege::Insert | Privilege::Update | Privilege::Delete);
        let writes = is_schema || is_relation && is_write;
        [("pg_read_all_data", reads), ("pg_write_all_data", writes)]
            .into_iter()
            .find(|(name, gives)| *gives && self.acts_as(role, name))
            .map(|(name, _)| Source::Predefined(name))
    }
}

/// The privilege that a command needs on a relation, or on the columns that it names.
pub fn privilege(command: Event) -> Privilege {
    match command {
        Event::Select => Privilege::Select,
        Event::Insert => Privilege::Insert,
        Event::Update => Privilege::Update,
        Event::Delete => Privilege::Delete,
        Event::Truncate => Privilege::Truncate,
    }
}

/// The relations that a view's query or a policy reads, by the dependencies that the server recorded.
pub fn read_by<'a>(catalog: &'a Catalog, object: &ObjectId) -> BTreeSet<&'a QName> {
    let edges = catalog.edges.group(object, |edge| &edge.from);
    let relations = edges.iter().filter_map(|edge| match &edge.to {
        ObjectId::Table(name)
        | ObjectId::View(name)
        | ObjectId::MaterializedView(name)
        | ObjectId::ForeignTable(name)
        | ObjectId::Column(name, _) => Some(name),
        _ => None,
    });
    relations.collect()
}

/// The role and all that it has the rights of, through memberships that inherit.
fn inherited(catalog: &Catalog, role: &Name) -> BTreeSet<Name> {
    let mut found = BTreeSet::from([role.clone()]);
    let mut to_visit = vec![role];
    while let Some(member) = to_visit.pop() {
        let memberships = catalog
            .memberships
            .iter()
            .filter(|row| row.member == *member && row.inherit);
        for membership in memberships {
            if found.insert(membership.role.clone()) {
                to_visit.push(&membership.role);
            }
        }
    }
    found
}

fn kind(object: &ObjectId) -> Option<AclKind> {
    Some(match object {
        ObjectId::Table(_) | ObjectId::View(_) | ObjectId::MaterializedView(_) | ObjectId::ForeignTable(_) => {
            AclKind::Relation
        }
        ObjectId::Column(..) => AclKind::Column,
        ObjectId::Sequence(_) => AclKind::Sequence,
        ObjectId::Routine(_) => AclKind::Routine,
        ObjectId::Type(_) => AclKind::Type,
        ObjectId::Schema(name) if name == "public" => AclKind::PublicSchema,
        ObjectId::Schema(_) => AclKind::Schema,
        _ => return None,
    })
}

#[cfg(test)]
mod tests;

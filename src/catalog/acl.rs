//! What may be done with an object that nobody granted anything on (manual, section 5.8; `acldefault`).

use std::collections::BTreeMap;

use super::Name;
use super::access::Privilege;

/// What grantees (`None` for everybody) have from grantors.
pub type Acl = BTreeMap<(Option<Name>, Name), Held>;

/// The privileges that one grantee has from one grantor, sorted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Held {
    /// All of them.
    pub privileges: Vec<Privilege>,
    /// Those of them that may be passed on.
    pub grantable: Vec<Privilege>,
}

/// The kinds of object that have privileges, as far as their privileges differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AclKind {
    /// A table, view, materialised view or foreign table.
    Relation,
    /// A sequence.
    Sequence,
    /// A column.
    Column,
    /// A routine of whatever kind.
    Routine,
    /// A procedural language.
    Language,
    /// A type or domain.
    Type,
    /// A schema other than `public`.
    Schema,
    /// The schema `public`: initdb lets everybody use it, and before PostgreSQL 15 make things in it.
    PublicSchema,
    /// A foreign-data wrapper.
    ForeignDataWrapper,
    /// A foreign server.
    Server,
    /// A large object.
    LargeObject,
}

impl AclKind {
    /// Every privilege that there is on such an object, sorted.
    pub fn all(self, major: u32) -> &'static [Privilege] {
        use Privilege::{
            Create, Delete, Execute, Insert, Maintain, References, Select, Trigger, Truncate, Update, Usage,
        };
        match self {
            Self::Relation if major < 17 => &[Select, Insert, Update, Delete, Truncate, References, Trigger],
            Self::Relation => &[Select, Insert, Update, Delete, Truncate, References, Trigger, Maintain],
            Self::Sequence => &[Select, Update, Usage],
            Self::Column => &[Select, Insert, Update, References],
            Self::Routine => &[Execute],
            Self::Language | Self::Type | Self::ForeignDataWrapper | Self::Server => &[Usage],
            Self::Schema | Self::PublicSchema => &[Usage, Create],
            Self::LargeObject => &[Select, Update],
        }
    }

    /// What such an object has by itself when `owner` makes it.
    pub fn default(self, owner: &Name, major: u32) -> Acl {
        let own = match self {
            Self::Column => &[],
            _ => self.all(major),
        };
        let public: &[Privilege] = match self {
            Self::Routine | Self::Language | Self::Type => self.all(major),
            Self::PublicSchema if major < 15 => self.all(major),
            Self::PublicSchema => &[Privilege::Usage],
            _ => &[],
        };
        let held = [(None, public), (Some(owner.clone()), own)];
        let held = held.into_iter().filter(|(_, privileges)| !privileges.is_empty());
        held.map(|(grantee, privileges)| ((grantee, owner.clone()), Held::plain(privileges)))
            .collect()
    }
}

impl Held {
    /// Privileges that may not be passed on.
    pub fn plain(privileges: &[Privilege]) -> Self {
        Self {
            privileges: privileges.to_vec(),
            grantable: Vec::new(),
        }
    }

    /// What `other` does not have of it: privileges, and rights to pass them on.
    #[must_use]
    pub fn without(&self, other: Option<&Self>) -> Self {
        let without = |list: &[Privilege], other: Option<&[Privilege]>| {
            let is_other = |privilege: &&Privilege| other.is_some_and(|other| other.contains(privilege));
            let left = list.iter().filter(|privilege| !is_other(privilege));
            left.copied().collect()
        };
        Self {
            privileges: without(&self.privileges, other.map(|other| other.privileges.as_slice())),
            grantable: without(&self.grantable, other.map(|other| other.grantable.as_slice())),
        }
    }
}

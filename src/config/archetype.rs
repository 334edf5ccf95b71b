//! `[rls] archetypes`: who has which rights on a table's rows, where that is declared.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// Who has which rights on a table's rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Archetype {
    /// The user that a column names.
    Owner,
    /// The user whose key is the row's own: profiles.
    OwnerPk,
    /// Whoever may do so with the row that a foreign key leads to.
    OwnerThroughFk,
    /// The members of the tenant that a column names; of a table of tenants, those of the row.
    Tenant,
    /// The members of the same tenant; those who manage it write. The table says who is a member.
    Membership,
    /// The tenant that the request's claims name.
    TenantClaim,
    /// Everybody reads what is public, the owner does the rest.
    PublicRead,
    /// Everybody reads, nobody writes.
    Reference,
    /// Those who have a role write, which a table of roles says.
    Rbac,
    /// The table of roles itself: everybody reads his own.
    RbacTable,
    /// Those who have a role write, which a claim says.
    RbacClaim,
    /// Those whose role is permitted to: a table says which is, and a function asks it.
    RbacPermission,
    /// Attributes of the row against claims, time and state.
    Abac,
    /// Everybody adds rows of his own and reads those; nobody changes one.
    AppendOnly,
    /// Trusted servers alone.
    ServiceOnly,
    /// The user whose key is the first part of a path.
    StoragePath,
    /// The owner, and those he shares with. The table says who these are.
    ShareGrants,
    /// The two users that two columns name: who sends, and who receives.
    TwoParties,
    /// Nobody from outside, until it is decided.
    Deny,
}

impl Archetype {
    /// All of them.
    pub const ALL: [Self; 19] = [
        Self::Owner,
        Self::OwnerPk,
        Self::OwnerThroughFk,
        Self::Tenant,
        Self::Membership,
        Self::TenantClaim,
        Self::PublicRead,
        Self::Reference,
        Self::Rbac,
        Self::RbacTable,
        Self::RbacClaim,
        Self::RbacPermission,
        Self::Abac,
        Self::AppendOnly,
        Self::ServiceOnly,
        Self::StoragePath,
        Self::ShareGrants,
        Self::TwoParties,
        Self::Deny,
    ];

    /// The name, as it is written in the configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::OwnerPk => "owner-pk",
            Self::OwnerThroughFk => "owner-through-fk",
            Self::Tenant => "tenant",
            Self::Membership => "membership",
            Self::TenantClaim => "tenant-claim",
            Self::PublicRead => "public-read",
            Self::Reference => "reference",
            Self::Rbac => "rbac",
            Self::RbacTable => "rbac-table",
            Self::RbacClaim => "rbac-claim",
            Self::RbacPermission => "rbac-permission",
            Self::Abac => "abac",
            Self::AppendOnly => "append-only",
            Self::ServiceOnly => "service-only",
            Self::StoragePath => "storage-path",
            Self::ShareGrants => "share-grants",
            Self::TwoParties => "two-parties",
            Self::Deny => "deny",
        }
    }
}

/// What `[rls] archetypes` says of one table: a name alone, or a table with what the schema does not say by itself.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields, rename_all = "kebab-case")]
pub struct Declared {
    /// The archetype.
    pub archetype: Archetype,
    /// The column that it is about: the owner's, the tenant's, the state's, the sender's.
    pub column: Option<String>,
    /// The other user's column: who receives.
    pub other: Option<String>,
    /// The name of the claim that it is compared with.
    pub claim: Option<String>,
    /// The roles that may write.
    #[serde(default)]
    pub roles: Vec<String>,
    /// The states in which a row is public.
    #[serde(default)]
    pub states: Vec<String>,
    /// The bucket that paths are of.
    pub bucket: Option<String>,
}

impl From<Archetype> for Declared {
    fn from(archetype: Archetype) -> Self {
        Self {
            archetype,
            column: None,
            other: None,
            claim: None,
            roles: Vec::new(),
            states: Vec::new(),
            bucket: None,
        }
    }
}

impl<'de> Deserialize<'de> for Declared {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Either)
    }
}

struct Either;

impl<'de> Visitor<'de> for Either {
    type Value = Declared;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an archetype such as \"owner\", or { archetype = \"owner\", column = \"user_id\" }")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Declared, E> {
        let archetype = Archetype::deserialize(serde::de::value::StrDeserializer::<E>::new(text))?;
        Ok(archetype.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Declared, A::Error> {
        // The derived function, which reads an inline table.
        Declared::deserialize(MapAccessDeserializer::new(map))
    }
}

//! Roles, memberships, grants and default privileges (`pg_authid`, `pg_auth_members`, the `…acl` columns,
//! `pg_default_acl`).

use serde::{Deserialize, Serialize};

use super::id::ObjectId;
use super::name::Name;
use super::{is_default, is_true, row, yes};

/// A role that something in the catalog names, or that such a role is a member of. Passwords are never read, and
/// PostgreSQL's own roles (`pg_…`) have no row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// Its name (`rolname`).
    pub name: Name,
    /// `SUPERUSER`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub superuser: bool,
    /// `INHERIT`.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub inherit: bool,
    /// `CREATEROLE`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub create_role: bool,
    /// `CREATEDB`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub create_db: bool,
    /// `LOGIN`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub login: bool,
    /// `REPLICATION`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub replication: bool,
    /// `BYPASSRLS`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub bypass_rls: bool,
    /// `CONNECTION LIMIT`; `None` for none.
    #[serde(default, skip_serializing_if = "is_default")]
    pub connection_limit: Option<i32>,
}

impl Role {
    /// The role that `CREATE ROLE name` makes.
    pub fn plain(name: Name) -> Self {
        Self {
            name,
            superuser: false,
            inherit: true,
            create_role: false,
            create_db: false,
            login: false,
            replication: false,
            bypass_rls: false,
            connection_limit: None,
        }
    }
}

/// A role's membership in another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Membership {
    /// The role that has members.
    pub role: Name,
    /// The member.
    pub member: Name,
    /// Who granted it.
    pub grantor: Name,
    /// `ADMIN OPTION`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub admin: bool,
    /// `INHERIT OPTION` (PostgreSQL 16); the member's own `INHERIT` on older servers.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub inherit: bool,
    /// `SET OPTION` (PostgreSQL 16).
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub set: bool,
}

/// What one role may do with one object, where that differs from what an object of its kind and owner has by itself
/// (`acldefault`). A row without privileges says that a default was revoked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// The object.
    pub object: ObjectId,
    /// Who has the privileges; `None` for everybody (`PUBLIC`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub grantee: Option<Name>,
    /// Who granted them.
    pub grantor: Name,
    /// The privileges, sorted.
    #[serde(default, skip_serializing_if = "is_default")]
    pub privileges: Vec<Privilege>,
    /// Those of them that the grantee may pass on, sorted.
    #[serde(default, skip_serializing_if = "is_default")]
    pub grantable: Vec<Privilege>,
}

/// A privilege (manual, table 5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Privilege {
    /// r
    Select,
    /// a
    Insert,
    /// w
    Update,
    /// d
    Delete,
    /// D
    Truncate,
    /// x
    References,
    /// t
    Trigger,
    /// m (PostgreSQL 17)
    Maintain,
    /// X
    Execute,
    /// U
    Usage,
    /// C
    Create,
    /// c
    Connect,
    /// T
    Temporary,
    /// s
    Set,
    /// A
    AlterSystem,
}

/// What objects that a role will make give to another role, where that differs from the built-in default
/// (`pg_default_acl`). A row without privileges says that a default was revoked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefaultPrivilege {
    /// The role that makes the objects.
    pub role: Name,
    /// The schema; `None` for all.
    #[serde(default, skip_serializing_if = "is_default")]
    pub schema: Option<Name>,
    /// The kind of object.
    pub objects: DefaultPrivilegeKind,
    /// Who gets the privileges; `None` for everybody (`PUBLIC`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub grantee: Option<Name>,
    /// The privileges, sorted.
    #[serde(default, skip_serializing_if = "is_default")]
    pub privileges: Vec<Privilege>,
    /// Those of them that the grantee may pass on, sorted.
    #[serde(default, skip_serializing_if = "is_default")]
    pub grantable: Vec<Privilege>,
}

/// The kinds of object that have default privileges (`defaclobjtype`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DefaultPrivilegeKind {
    /// Tables, views and the like (r).
    Tables,
    /// Sequences (S).
    Sequences,
    /// Functions and procedures (f).
    Functions,
    /// Types (T).
    Types,
    /// Schemas (n).
    Schemas,
    /// Large objects (L, PostgreSQL 18).
    LargeObjects,
}

/// Something the server has that pgkeel does not model, so that nothing is lost in silence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unmodelled {
    /// The kind, in PostgreSQL's words.
    pub kind: Name,
    /// Its name.
    pub name: String,
}

/// That one object needs another (`pg_depend`), where no field of its row says so already.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edge {
    /// The object that depends.
    pub from: ObjectId,
    /// What it depends on; an extension for the extension's members.
    pub to: ObjectId,
    /// Whether a user declared it by `DEPENDS ON EXTENSION` (`deptype` x), rather than the server having found it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub declared: bool,
}

row!(Role, &'a Name, |row| &row.name);
row!(Membership, (&'a Name, &'a Name, &'a Name), |row| (
    &row.role,
    &row.member,
    &row.grantor
));
row!(Grant, (&'a ObjectId, Option<&'a Name>, &'a Name), |row| (
    &row.object,
    row.grantee.as_ref(),
    &row.grantor
));
row!(
    DefaultPrivilege,
    (&'a Name, Option<&'a Name>, DefaultPrivilegeKind, Option<&'a Name>),
    |row| (&row.role, row.schema.as_ref(), row.objects, row.grantee.as_ref())
);
row!(Unmodelled, (&'a Name, &'a str), |row| (&row.kind, &row.name));
row!(Edge, (&'a ObjectId, &'a ObjectId), |row| (&row.from, &row.to));

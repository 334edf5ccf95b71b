//! What a database is besides its schema, as far as the audit of access asks: settings, stored rows and what the server
//! could install. No snapshot holds it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Name, QName};

/// What was found out. What is `None` was not, or could not be, looked at.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// The roles that PostgREST may act as, because its own role `authenticator` is a member of them: neither superusers
    /// nor such as row-level security does not bind; sorted.
    pub api_roles: Option<Vec<Name>>,
    /// Those of them that row-level security does not bind: trusted servers'; sorted.
    pub api_services: Option<Vec<Name>>,
    /// The schemas that PostgREST serves (`pgrst.db_schemas` in `pg_db_role_setting`).
    pub exposed_schemas: Option<Vec<Name>>,
    /// The buckets of Supabase's storage that everybody may read by URL, by their keys, sorted.
    pub public_buckets: Option<Vec<Name>>,
    /// The queues of the extension `pgmq`, by name.
    pub queues: Option<Vec<Queue>>,
    /// Installed extensions of which the server has another default version, by name.
    pub outdated_extensions: Option<Vec<OutdatedExtension>>,
    /// Where names without a schema are looked for.
    pub names: Option<Names>,
    /// The roles other than superusers and PostgreSQL's own, and whether row-level security does not bind them
    /// (`rolbypassrls`).
    pub roles: Option<BTreeMap<Name, bool>>,
}

/// Where names without a schema are looked for, and what is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// Each `search_path` that a session begins with: the server's or database's, and those of roles
    /// (`pg_db_role_setting`), without `"$user"`; sorted.
    pub paths: BTreeSet<Vec<Name>>,
    /// The names of relations, types, routines, operators and text search objects, by schema; without PostgreSQL's own.
    pub schemas: BTreeMap<Name, BTreeSet<Name>>,
    /// The bodies of routines in SQL and PL/pgSQL that have no `search_path` of their own.
    pub unpinned: Vec<(QName, String)>,
}

/// A queue of `pgmq`: the table `pgmq.q_…`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queue {
    /// The table's name in the schema `pgmq`.
    pub table: Name,
    /// Whether row-level security is enabled.
    pub row_security: bool,
    /// The roles other than superusers that may read it, sorted.
    pub readers: Vec<Name>,
}

/// An extension that could be updated (`pg_available_extensions`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutdatedExtension {
    /// Its name.
    pub name: Name,
    /// The version that is installed.
    pub installed: Name,
    /// The version that the server would install.
    pub offered: Name,
}

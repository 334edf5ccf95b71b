//! `pgkeel.toml`: what the project wants, as plain data.
//!
//! [`load`] finds and reads it; `reference.toml` beside this file names every key with its meaning. Paths are kept as
//! they are written: they are relative to the file's folder, which [`load::Project`] knows.

pub mod archetype;
pub mod generate;
pub mod json_schema;
pub mod load;
pub mod overrides;
pub mod python;
pub mod rust;
#[cfg(feature = "cli")]
pub mod schema;
pub mod typescript;

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;

pub use archetype::{Archetype, Declared};
pub use generate::{Generate, Lang, Language, Layout};
pub use overrides::{Name, Override};

/// Every key of `pgkeel.toml` with its meaning, switched off: the documentation, and what `pgkeel init` starts from.
pub const REFERENCE: &str = include_str!("reference.toml");

/// The whole of `pgkeel.toml`. Every section may be absent.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// `[database]`: where the live database is named.
    pub database: Database,
    /// `[scope]`: which objects are ours.
    pub scope: Scope,
    /// `[snapshot]`: the committed snapshot.
    pub snapshot: Snapshot,
    /// `[scratch]`: the throwaway PostgreSQL that SQL files are replayed in.
    pub scratch: Scratch,
    /// `[[generate]]`: what is generated, in file order. [`load`] reads each entry by the keys of its own language.
    #[serde(deserialize_with = "read_elsewhere")]
    #[cfg_attr(
        feature = "cli",
        schemars(with = "Vec<Generate>", description = "What is generated: each entry one language.")
    )]
    pub generate: Vec<Generate>,
    /// `[types]`: what a database type is called in each language, by its `schema.name`.
    pub types: BTreeMap<String, Override>,
    /// `[columns]`: the type of one column in each language, by its `schema.relation.column`.
    pub columns: BTreeMap<String, Override>,
    /// `[names]`: the name of a relation, type, routine (`schema.name`) or column (`schema.relation.column`).
    pub names: BTreeMap<String, Name>,
    /// `[migrations]`: the folder of migrations and what they may do.
    pub migrations: Migrations,
    /// `[rls]`: what row-level security is to look like.
    pub rls: Rls,
    /// `[advise]`: which findings fail, and which are accepted.
    pub advise: Advise,
}

/// `[database]`. URLs hold passwords, so only the names of environment variables stand here.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Database {
    /// The variable that holds the database's URL. Default `DATABASE_URL`.
    pub url_env: String,
    /// The variable that holds the URL of a server to make scratch databases on. Default `SHADOW_DATABASE_URL`.
    pub shadow_url_env: String,
}

impl Default for Database {
    fn default() -> Self {
        Self {
            url_env: "DATABASE_URL".to_owned(),
            shadow_url_env: "SHADOW_DATABASE_URL".to_owned(),
        }
    }
}

/// `[scope]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Scope {
    /// The schemas that are ours. Empty: every schema that belongs neither to PostgreSQL nor to the platform.
    pub schemas: Vec<String>,
    /// Objects that are left out, as `schema.name`; a name that ends in `*` stands for all that begin so.
    pub exclude: Vec<String>,
    /// The platform whose own schemas are read only where ours point at them. Absent: found out.
    pub platform: Option<Platform>,
}

/// What PostgreSQL is hosted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Platform {
    /// A Supabase project: roles, `auth`, `storage` and the like exist.
    Supabase,
    /// Plain PostgreSQL, whatever is found in the folder.
    None,
}

/// `[snapshot]`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Snapshot {
    /// Where `pull` writes the snapshot and others read it. Default `schema.snapshot.json`.
    pub path: PathBuf,
}

impl Default for Snapshot {
    fn default() -> Self {
        Self {
            path: PathBuf::from("schema.snapshot.json"),
        }
    }
}

/// `[scratch]`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Scratch {
    /// The PostgreSQL major wanted. Absent: the newest installed.
    pub major: Option<u32>,
    /// Whether an installed server may be taken; a fetched one is the same on every machine. Default true.
    pub installed: bool,
    /// Whether a server may be fetched where none is installed. Default true.
    pub download: bool,
    /// The address that servers are fetched from, such as a company's mirror. Absent: the project's own releases.
    pub releases: Option<String>,
    /// Extensions that are stood in for by their types and functions where they are not installed; `*` is all known.
    pub stub_extensions: Vec<String>,
}

impl Default for Scratch {
    fn default() -> Self {
        Self {
            major: None,
            installed: true,
            download: true,
            releases: None,
            stub_extensions: Vec::new(),
        }
    }
}

/// `[migrations]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Migrations {
    /// The folder. Absent: `supabase/migrations` or `migrations`, whichever is there.
    pub dir: Option<PathBuf>,
    /// How files are named in it. Absent: found out.
    pub layout: Option<MigrationLayout>,
    /// Whether new migrations get a way back.
    pub down: bool,
    /// Dangerous steps that are allowed, by rule id.
    pub allow: Vec<String>,
    /// Renames, which are never guessed.
    pub renames: Vec<Rename>,
    /// How long a statement may wait for a lock, as PostgreSQL's `lock_timeout`. Default `"5s"`.
    pub lock_timeout: Option<String>,
}

/// How the files of a folder of migrations are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum MigrationLayout {
    /// `20240131120000_name.sql`.
    Supabase,
    /// `20240131120000_name.up.sql` and `.down.sql`, or `20240131120000_name.sql`.
    Sqlx,
    /// pgkeel's own.
    Pgkeel,
}

/// One declared rename.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Rename {
    /// The old dotted name.
    pub from: String,
    /// The new dotted name.
    pub to: String,
}

/// `[rls]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Rls {
    /// Whether the outside roles reach tables at all; `None` for as the grants are now.
    pub profile: Option<Profile>,
    /// Who owns the rows of a table, by `schema.table`.
    pub archetypes: BTreeMap<String, Declared>,
    /// The roles that come from outside; empty for those of `anon` and `authenticated` that there are.
    pub roles: Vec<String>,
    /// Which of them is nobody in particular; `None` for `anon`, where it is one of them.
    pub anonymous: Option<String>,
    /// The roles of trusted servers; empty for `service_role`, where there is one.
    pub service: Vec<String>,
    /// Where claims come from: `supabase`, a setting or a function; `None` for `supabase` where `auth.uid()` is.
    pub claims_source: Option<String>,
    /// What tells a session who has signed in, for tests: `setting=value;…` with `{user}` and `{role}` for the values;
    /// `None` for what the source of claims says.
    pub login: Option<String>,
    /// What a claim of the token is in SQL, by its name: `user`, and those that policies ask for.
    pub claims: BTreeMap<String, String>,
    /// The table of users, by `schema.table`; `None` for `auth.users`, where it is.
    pub users: Option<String>,
    /// Whether policies hold for the tables' owners too.
    pub force: bool,
    /// The schema of the functions that policies call; `None` for `private`.
    pub private_schema: Option<String>,
    /// The schemas that outside roles can address; empty for what the server or the platform's configuration says.
    pub exposed_schemas: Vec<String>,
    /// Findings of the audit that are accepted: `rule`, or `rule:subject`.
    pub allow: Vec<String>,
}

/// Whether the front end queries the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// It never does: the outside roles have no rights, and policies are the second layer.
    ApiOnly,
    /// It does, through PostgREST or the like: each right is granted, and policies decide on rows.
    Postgrest,
}

/// `[advise]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Advise {
    /// Rules whose findings fail the command.
    pub deny: Vec<String>,
    /// Rules whose findings are accepted.
    pub allow: Vec<String>,
}

/// The entries of `[[generate]]` are read by [`load`]; serde only has to know the key.
fn read_elsewhere<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<Generate>, D::Error> {
    serde::de::IgnoredAny::deserialize(deserializer).map(|_| Vec::new())
}

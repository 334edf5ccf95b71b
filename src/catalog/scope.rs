//! Which part of a database is ours, which is only pointed at, and which is not to be seen.

use std::collections::BTreeSet;

use super::name::{Name, QName};

/// What a command works on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// Our schemas; empty for all that are neither the system's nor the platform's.
    pub schemas: Vec<Name>,
    /// Objects that are left out, by schema and name; a name that ends in `*` stands for all that begin so.
    pub exclude: Vec<QName>,
    /// The platform whose schemas are its own matter.
    pub platform: Option<Platform>,
    /// Roles that are ours although nothing in the database names them.
    pub roles: BTreeSet<Name>,
}

/// How much of a database is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// What types are generated from: relations, columns, keys, types, routines and their comments.
    Types,
    /// Every kind of object.
    Whole,
}

/// A hosting platform that brings schemas and roles of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Platform {
    /// Supabase.
    Supabase,
}

/// How a schema stands to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Read whole, emitted and compared.
    Ours,
    /// Read where ours points at it; neither emitted nor compared, but for the policies and triggers that users put on a
    /// platform's tables.
    ReferenceOnly,
    /// PostgreSQL's own: known without being read.
    System,
}

impl Scope {
    /// How the schema stands to us.
    pub fn standing(&self, schema: &str) -> Standing {
        if is_system(schema) {
            return Standing::System;
        }
        let ours = match self.schemas.as_slice() {
            [] => !self.is_platforms(schema) && !HISTORY_SCHEMAS.contains(&schema),
            listed => listed.iter().any(|listed| listed == schema),
        };
        if ours { Standing::Ours } else { Standing::ReferenceOnly }
    }

    /// Whether the schema is the platform's own.
    pub fn is_platforms(&self, schema: &str) -> bool {
        self.platform
            .is_some_and(|platform| platform.schemas().contains(&schema))
    }

    /// Whether the object is left out by name, as sqlx's history of migrations always is.
    pub fn excludes(&self, name: &QName) -> bool {
        if name.name == HISTORY_TABLE {
            return true;
        }
        self.exclude.iter().any(|pattern| {
            pattern.schema == name.schema
                && match pattern.name.strip_suffix('*') {
                    Some(prefix) => name.name.starts_with(prefix),
                    None => pattern.name == name.name,
                }
        })
    }
}

impl Platform {
    /// The schemas that the platform brings and keeps.
    pub fn schemas(self) -> &'static [&'static str] {
        match self {
            Self::Supabase => &[
                "_analytics",
                "_realtime",
                "auth",
                "cron",
                "extensions",
                "graphql",
                "graphql_public",
                "net",
                "pgbouncer",
                "pgmq",
                "pgsodium",
                "pgsodium_masks",
                "pgtle",
                "realtime",
                "storage",
                "supabase_functions",
                "supabase_migrations",
                "vault",
            ],
        }
    }
}

/// The schemas in which migrations are recorded: who runs them keeps them, and no schema is made of them.
const HISTORY_SCHEMAS: [&str; 2] = ["pgkeel", "supabase_migrations"];
/// The table in which sqlx does, wherever it is.
const HISTORY_TABLE: &str = "_sqlx_migrations";

/// Whether the schema is kept by whoever runs migrations.
pub fn is_history(schema: &str) -> bool {
    HISTORY_SCHEMAS.contains(&schema)
}

/// Whether the schema is PostgreSQL's own.
fn is_system(schema: &str) -> bool {
    schema == "information_schema" || schema.starts_with("pg_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_has_one_standing() {
        let all = Scope {
            platform: Some(Platform::Supabase),
            ..Scope::default()
        };
        assert_eq!(all.standing("app"), Standing::Ours);
        assert_eq!(all.standing("auth"), Standing::ReferenceOnly);
        assert_eq!(all.standing("pg_toast"), Standing::System);
        assert_eq!(Scope::default().standing("pgkeel"), Standing::ReferenceOnly);
        let chosen = Scope {
            schemas: vec!["auth".into()],
            ..all
        };
        assert_eq!(chosen.standing("auth"), Standing::Ours);
        assert_eq!(chosen.standing("app"), Standing::ReferenceOnly);
    }

    #[test]
    fn a_star_stands_for_the_rest_of_a_name() {
        let scope = Scope {
            exclude: vec![QName::new("public", "tmp_*"), QName::new("public", "x")],
            ..Scope::default()
        };
        assert!(scope.excludes(&QName::new("public", "tmp_1")));
        assert!(scope.excludes(&QName::new("public", "x")));
        assert!(!scope.excludes(&QName::new("public", "xy")));
        assert!(!scope.excludes(&QName::new("app", "x")));
        assert!(scope.excludes(&QName::new("app", "_sqlx_migrations")));
    }
}

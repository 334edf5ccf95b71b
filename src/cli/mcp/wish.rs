//! A migration for what somebody wishes, who is not trusted with more than to wish.

use std::collections::BTreeMap;
use std::time::Duration;

use sqlx::{AssertSqlSafe, Connection as _};

use super::{Inner, MigrationQuestion};
use crate::catalog::access::Role;
use crate::catalog::{Catalog, Name, Rows};
use crate::cli::planning::{accept, style};
use crate::cli::source::Side;
use crate::introspect::Depth;
use crate::migrate::plan::Step;
use crate::migrate::prove::{self, Grounds};
use crate::migrate::rename::{self, Rename};
use crate::migrate::{self, Plan, render};
use crate::scratch::{self, Scratch};
use crate::sql::identifier;
use crate::{Error, Result};

/// The role of the scratch server that a wish is run by. It is no superuser: SQL that reads files or starts programs,
/// which a superuser's does, fails.
const RUNNER: &str = "pgkeel_wish";

/// How long a wish may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// The SQL of the migration, with the hazards of its steps as comments before it.
pub(super) async fn migration(server: &Inner, question: MigrationQuestion) -> Result<String> {
    let reading = server.reading()?;
    let side = reading.side(Depth::Whole, server.report).await?;
    let owner = owner(&side);
    // A scratch server of our own: a named one is somebody's.
    let scratch = scratch::Options {
        shadow: None,
        ..reading.scratch.clone()
    };
    let runner = Name::from(RUNNER);
    let grounds = Grounds {
        stranger: Some(&runner),
        ..Grounds::new(&reading.scope, &scratch)
    };
    let trying = tried(handed_over(side.catalog, &owner), &runner, &question, &grounds);
    let tried = tokio::time::timeout(PATIENCE, trying).await.map_err(|_| {
        Error::new(format!("the wish was not met within {} s", PATIENCE.as_secs())).with_hint("wish for DDL alone")
    })??;
    let Some(way) = tried else {
        return Ok("-- the schema is like that already\n".to_owned());
    };
    // The same plan, as whoever runs it owns what it makes.
    let plan = way.handed_back(&runner, &owner).plan(&owner)?;
    let mut text = String::new();
    for noticed in render::diagnostics(&plan) {
        text.push_str(&format!("-- {}: {}\n", noticed.subject, noticed.message));
    }
    text.push_str(&render::sql(&plan, &style(&server.project)));
    Ok(text)
}

/// The schema before the wish and after it.
struct Way {
    before: Catalog,
    /// What gives the names that it has after the wish to what kept its identity.
    renaming: Vec<Step>,
    /// The schema that comes of that.
    renamed: Catalog,
    after: Catalog,
}

impl Way {
    fn plan(&self, session: &Name) -> Result<Plan> {
        let options = migrate::Options {
            session: Some(session.clone()),
            offline: false,
        };
        let mut steps = self.renaming.clone();
        steps.extend(migrate::plan(&self.renamed, &self.after, &options)?.steps);
        Ok(Plan { steps })
    }

    fn handed_back(self, runner: &Name, owner: &Name) -> Self {
        Self {
            before: self.before.with_role(runner, owner),
            renaming: self.renaming,
            renamed: self.renamed.with_role(runner, owner),
            after: self.after.with_role(runner, owner),
        }
    }
}

/// What the wish makes of the schema, where that can be reached in a proved way; nothing where it changes nothing.
async fn tried(
    old: Catalog,
    runner: &Name,
    question: &MigrationQuestion,
    grounds: &Grounds<'_>,
) -> Result<Option<Way>> {
    let scratch = prove::copy(&old, grounds).await?;
    let made = made(&scratch, runner, &question.wish, grounds).await;
    scratch.close().await?;
    let made = made?;
    let before = prove::with_roles_of(made.before, &old);
    let after = prove::with_roles_of(made.after, &old);
    let first = rename::steps(&before, &after, &made.renames)?;
    let (renamed, renaming) = if first.is_empty() {
        (before.clone(), first)
    } else {
        let following = |renamed: &_| rename::following(renamed, &after, &made.renames);
        prove::after(&before, first, following, grounds).await?
    };
    let way = Way {
        before,
        renaming,
        renamed,
        after,
    };
    let plan = way.plan(runner)?;
    if plan.is_empty() {
        return Ok(None);
    }
    accept(prove::prove(&way.before, &way.after, &plan, grounds).await?)?;
    Ok(Some(way))
}

/// What a wish makes, as it is read back.
struct Made {
    before: Catalog,
    after: Catalog,
    /// What kept its identity and has another name.
    renames: Vec<Rename>,
}

/// Both sides are read from the same server, so that they are written in one way.
async fn made(scratch: &Scratch, runner: &Name, wish: &str, grounds: &Grounds<'_>) -> Result<Made> {
    let before = prove::read_whole(scratch, grounds.scope).await?;
    let named = names(scratch).await?;
    make(scratch, runner, wish).await?;
    let after = prove::read_whole(scratch, grounds.scope).await?;
    let renames = names(scratch).await?.into_iter().filter_map(|(identity, new)| {
        let old = named.get(&identity)?;
        // A part of what is renamed has a new name only if its own is new.
        (old.last() != new.last() || old.len() < 3 && *old != new).then(|| Rename {
            from: written(old),
            to: written(&new),
        })
    });
    let renames = renames.collect();
    Ok(Made { before, after, renames })
}

/// The name of each schema, relation, column and type, by what stays when it is renamed.
async fn names(scratch: &Scratch) -> Result<BTreeMap<String, Vec<String>>> {
    const SQL: &str = "\
        SELECT 'n' || oid AS identity, ARRAY[nspname::text] AS name FROM pg_catalog.pg_namespace \
        UNION ALL SELECT 'c' || c.oid, ARRAY[n.nspname::text, c.relname::text] \
        FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') \
        UNION ALL SELECT 'a' || c.oid || '.' || a.attnum, ARRAY[n.nspname::text, c.relname::text, a.attname::text] \
        FROM pg_catalog.pg_attribute AS a JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid \
        JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
        WHERE c.relkind IN ('r', 'p', 'f', 'c') AND a.attnum > 0 AND NOT a.attisdropped \
        UNION ALL SELECT 't' || t.oid, ARRAY[n.nspname::text, t.typname::text] \
        FROM pg_catalog.pg_type AS t JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace \
        WHERE t.typtype IN ('d', 'e', 'r') OR t.typtype = 'c' AND EXISTS (\
        SELECT FROM pg_catalog.pg_class AS c WHERE c.oid = t.typrelid AND c.relkind = 'c')";
    let mut connection = scratch.connect().await?;
    let rows = sqlx::query_as::<_, (String, Vec<String>)>(SQL)
        .fetch_all(&mut connection)
        .await;
    let _ = connection.close().await;
    let rows = rows
        .map_err(|error| Error::new(format!("cannot see what the scratch database has: {error}")).with_source(error))?;
    Ok(rows.into_iter().collect())
}

fn written(name: &[String]) -> String {
    let parts = name.iter().map(|part| identifier(part).to_string());
    parts.collect::<Vec<_>>().join(".")
}

/// Runs the wish as it was written, in one transaction.
async fn make(scratch: &Scratch, runner: &Name, wish: &str) -> Result<()> {
    let mut connection = prove::admit(scratch, runner).await?;
    let outcome = sqlx::raw_sql(AssertSqlSafe(wish)).execute(&mut connection).await;
    let _ = connection.close().await;
    outcome.map(|_| ()).map_err(|error| {
        let reason = match &error {
            sqlx::Error::Database(error) => error.message().to_owned(),
            error => error.to_string(),
        };
        let failed = Error::new(format!("the wish fails in the scratch database: {reason}"));
        match reason.contains("CONCURRENTLY") || reason.contains("transaction block") {
            true => {
                failed.with_hint("wish for it in the plain form: the migration takes the one that keeps tables usable")
            }
            false => failed.with_hint("it is run by a role that owns the schema, and is no superuser"),
        }
    })
}

/// Who will run the migration: the role that read the schema, else whoever owns most of it.
fn owner(side: &Side) -> Name {
    let mut owned = BTreeMap::<&Name, usize>::new();
    for relation in &side.catalog.relations {
        *owned.entry(&relation.owner).or_default() += 1;
    }
    let most = owned
        .into_iter()
        .max_by_key(|(_, count)| *count)
        .map(|(owner, _)| owner);
    side.session
        .as_ref()
        .or(most)
        .cloned()
        .unwrap_or_else(|| "postgres".into())
}

/// As if [`RUNNER`] owned what `owner` does, but for what only a superuser can own.
fn handed_over(catalog: Catalog, owner: &Name) -> Catalog {
    let runner = Name::from(RUNNER);
    let superuser = Role {
        superuser: true,
        ..Role::plain(owner.clone())
    };
    let wrappers = catalog.foreign_data_wrappers.clone();
    let triggers = catalog.event_triggers.clone();
    let mut catalog = catalog.with_role(owner, &runner);
    catalog.foreign_data_wrappers = wrappers;
    catalog.event_triggers = triggers;
    let runner = Role {
        login: true,
        ..Role::plain(runner)
    };
    let roles = catalog.roles.iter().cloned().chain([superuser, runner]);
    catalog.roles = Rows::sorted(roles.collect());
    catalog
}

//! Scratch databases on a server that the user named.
//!
//! Nothing on it is touched but databases called `pgkeel_scratch_…`. Whoever makes one keeps a connection to it open; one
//! that nobody is connected to for a while has lost its owner, and the next run drops it. Roles belong to the whole
//! server: those that a script makes are listed in its database's comment, and dropped with it; those that were there
//! cannot be changed by a script.

use std::collections::BTreeSet;
use std::hash::{BuildHasher, RandomState};
use std::str::FromStr;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, Row};

use super::{Options, Place, Platform, Scratch, supabase};
use crate::sql::literal;
use crate::{Error, Result};

/// How every database of ours is called; the time of its making and a random number follow, then the caller's hint.
const PREFIX: &str = "pgkeel_scratch_";

/// How old a database has to be, in seconds, before a missing connection counts: its maker has to get to connecting.
const GRACE: i64 = 60;

/// The longest name that PostgreSQL keeps whole, in bytes (`NAMEDATALEN` less one).
const NAME_LIMIT: usize = 63;

/// A database on a named server. Dropping it drops the database too, as far as the server lets us.
pub(super) struct Database {
    name: String,
    /// How to reach the server's own database, from which ours is made and dropped.
    server: PgConnectOptions,
    description: String,
    /// Shows others that the database is in use.
    guard: Option<PgConnection>,
}

/// Makes a database on the server at `url`.
pub(super) async fn start(options: &Options, url: &str) -> Result<Scratch> {
    // The address may hold a password, and is not repeated.
    let refused = |reason: &str| {
        Error::new(format!("the shadow server's address is not a PostgreSQL URL{reason}"))
            .with_hint("write postgres://user:password@host:5432/database")
    };
    if !["postgres://", "postgresql://"]
        .iter()
        .any(|scheme| url.starts_with(scheme))
    {
        return Err(refused(""));
    }
    let server = PgConnectOptions::from_str(url).map_err(|error| refused(&format!(": {error}")))?;
    make(server, options, "").await
}

impl Database {
    /// Another database on the same server.
    pub(super) async fn sibling(&self, options: &Options, hint: &str) -> Result<Scratch> {
        make(self.server.clone(), options, hint).await
    }

    /// Drops the database and whoever is still connected to it.
    pub(super) async fn drop_now(mut self) -> Result<()> {
        let outcome = drop_database(&self.server, &self.description, &self.name, self.guard.take()).await;
        self.name.clear();
        outcome
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if self.name.is_empty() {
            return;
        }
        let (server, description, name) = (
            self.server.clone(),
            std::mem::take(&mut self.description),
            std::mem::take(&mut self.name),
        );
        let guard = self.guard.take();
        // We may be on a thread that must not block on its own runtime.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            if let Ok(runtime) = runtime {
                // The guard belongs to another runtime: FORCE ends it on the server's side.
                let _ = runtime.block_on(drop_database(&server, &description, &name, None));
            }
        });
        let _ = dropping.join();
        drop(guard);
    }
}

async fn make(server: PgConnectOptions, options: &Options, hint: &str) -> Result<Scratch> {
    let place = server
        .get_socket()
        .map_or_else(|| server.get_host().to_owned(), |path| path.display().to_string());
    let address = format!("the shadow server at {place}:{}", server.get_port());
    let server = server.application_name("pgkeel");
    let mut conn = super::connect(&server, &address).await?;
    let version = super::version_number(&mut conn).await?;
    let description = format!(
        "PostgreSQL {} at {place}:{} (the given server)",
        version_text(version),
        server.get_port()
    );
    if version < 130_000 {
        return Err(Error::new(format!(
            "{address} is PostgreSQL {}, and 13 is the oldest known",
            version_text(version)
        )));
    }
    drop_stale(&mut conn).await?;
    let now = query_i64(&mut conn, "SELECT extract(epoch FROM now())::bigint").await?;
    let name = name(now, RandomState::new().hash_one(now), hint);
    let creation = format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'");
    sqlx::raw_sql(AssertSqlSafe(creation))
        .execute(&mut conn)
        .await
        .map_err(|error| {
            let message = format!("cannot make a scratch database on {address}: {error}");
            Error::new(message)
                .with_hint("the shadow server's role needs CREATEDB")
                .with_source(error)
        })?;
    super::close_quietly(conn).await;
    let connect = super::with_marks(server.clone().database(&name), options, true);
    let mut database = Database {
        name,
        server,
        description: description.clone(),
        guard: None,
    };
    let mut guard = super::connect(&connect, &description).await?;
    if version >= 140_000 {
        let _ = sqlx::raw_sql("SET idle_session_timeout = 0").execute(&mut guard).await;
    }
    if options.platform == Platform::Supabase {
        let before = roles(&mut guard).await.map_err(super::replay::lost)?;
        let prepared = supabase::prepare_shared(&mut guard).await;
        claim_roles(&mut guard, &before, |role| supabase::PRELUDE.contains(role)).await?;
        prepared?;
    }
    database.guard = Some(guard);
    let notes = Vec::new();
    Ok(Scratch {
        options: options.clone(),
        connect,
        version,
        description,
        notes,
        place: Place::Shadow(database),
    })
}

/// `pgkeel_scratch_<seconds since 1970>_<random>_<hint>`, all of it plain lower case.
fn name(now: i64, random: u64, hint: &str) -> String {
    let mut name = format!("{PREFIX}{now}_{random:016x}");
    let plain: String = hint
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                '_'
            }
        })
        .collect();
    if !plain.is_empty() {
        name.push('_');
        name.push_str(&plain);
    }
    name.truncate(NAME_LIMIT);
    name
}

/// When a database called `name` was made, where it is one of ours.
fn made_at(name: &str) -> Option<i64> {
    let (time, random) = name.strip_prefix(PREFIX)?.split_once('_')?;
    let is_ours = random.len() >= 16 && random.as_bytes()[..16].iter().all(u8::is_ascii_hexdigit);
    if is_ours { time.parse().ok() } else { None }
}

/// The roles of the server.
pub(super) async fn roles(conn: &mut PgConnection) -> sqlx::Result<BTreeSet<String>> {
    let rows = sqlx::raw_sql("SELECT rolname FROM pg_catalog.pg_roles")
        .fetch_all(conn)
        .await?;
    rows.iter().map(|row| row.try_get(0)).collect()
}

/// Notes the roles that have come since `before` and are among `ours` as the database's own.
pub(super) async fn claim_roles(
    conn: &mut PgConnection,
    before: &BTreeSet<String>,
    is_ours: impl Fn(&str) -> bool,
) -> Result<()> {
    let new: Vec<String> = roles(conn).await.map_err(super::replay::lost)?.into_iter().collect();
    let new = new.into_iter().filter(|role| !before.contains(role) && is_ours(role));
    let mut claimed = claimed(conn, "current_database()").await?;
    claimed.extend(new);
    if claimed.is_empty() {
        return Ok(());
    }
    let list = serde_json::Value::from_iter(claimed).to_string();
    let database = sqlx::raw_sql("SELECT quote_ident(current_database())")
        .fetch_one(&mut *conn)
        .await;
    let database: String = database.and_then(|row| row.try_get(0)).map_err(super::replay::lost)?;
    let comment = format!("COMMENT ON DATABASE {database} IS {}", literal(&list));
    sqlx::raw_sql(AssertSqlSafe(comment))
        .execute(conn)
        .await
        .map_err(super::replay::lost)?;
    Ok(())
}

/// The roles that a database's comment lists; `name` is an SQL expression.
async fn claimed(conn: &mut PgConnection, name: &str) -> Result<BTreeSet<String>> {
    let asked = format!(
        "SELECT coalesce(shobj_description(oid, 'pg_database'), '[]') FROM pg_catalog.pg_database WHERE datname = {name}"
    );
    let row = sqlx::raw_sql(AssertSqlSafe(asked))
        .fetch_optional(conn)
        .await
        .map_err(super::replay::lost)?;
    let list: Option<String> = row.map(|row| row.try_get(0)).transpose().map_err(super::replay::lost)?;
    Ok(list
        .and_then(|list| serde_json::from_str(&list).ok())
        .unwrap_or_default())
}

/// Drops a database, then the roles that it brought; one that another database has come to use stays.
async fn drop_with_roles(conn: &mut PgConnection, name: &str, force: &str) -> Result<()> {
    let roles = claimed(conn, &literal(name).to_string()).await?;
    let dropping = format!("DROP DATABASE IF EXISTS {name}{force}");
    sqlx::raw_sql(AssertSqlSafe(dropping))
        .execute(&mut *conn)
        .await
        .map_err(|error| Error::new(format!("cannot drop the scratch database {name}: {error}")).with_source(error))?;
    for role in roles {
        let dropping = format!("DROP ROLE IF EXISTS \"{}\"", role.replace('"', "\"\""));
        let _ = sqlx::raw_sql(AssertSqlSafe(dropping)).execute(&mut *conn).await;
    }
    Ok(())
}

/// Drops databases of runs that are gone. Without FORCE: where somebody has connected meanwhile, the server refuses.
async fn drop_stale(conn: &mut PgConnection) -> Result<()> {
    let now = query_i64(conn, "SELECT extract(epoch FROM now())::bigint").await?;
    let unused = sqlx::raw_sql(
        r"SELECT datname FROM pg_database d
          WHERE datname LIKE 'pgkeel\_scratch\_%'
            AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.datid = d.oid)
          ORDER BY datname",
    );
    for row in unused.fetch_all(&mut *conn).await.map_err(super::replay::lost)? {
        let name: String = row.try_get(0).map_err(super::replay::lost)?;
        if made_at(&name).is_some_and(|made| now - made > GRACE) {
            let _ = drop_with_roles(conn, &name, "").await;
        }
    }
    Ok(())
}

async fn drop_database(
    server: &PgConnectOptions,
    description: &str,
    name: &str,
    guard: Option<PgConnection>,
) -> Result<()> {
    if let Some(guard) = guard {
        super::close_quietly(guard).await;
    }
    let mut conn = super::connect(server, description).await?;
    drop_with_roles(&mut conn, name, " WITH (FORCE)").await?;
    super::close_quietly(conn).await;
    Ok(())
}

async fn query_i64(conn: &mut PgConnection, sql: &'static str) -> Result<i64> {
    let row = sqlx::raw_sql(sql).fetch_one(conn).await.map_err(super::replay::lost)?;
    row.try_get(0).map_err(super::replay::lost)
}

/// `15.4` of 150004.
fn version_text(number: u32) -> String {
    format!("{}.{}", number / 10_000, number % 10_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unmistakable_and_short_enough() {
        let made = name(1_700_000_000, 0xabc, "Old Schema; DROP");
        assert_eq!(made, "pgkeel_scratch_1700000000_0000000000000abc_old_schema__drop");
        assert_eq!(made_at(&made), Some(1_700_000_000));
        assert_eq!(name(1, 2, &"x".repeat(99)).len(), NAME_LIMIT);
    }

    #[test]
    fn other_peoples_databases_are_never_ours() {
        for name in [
            "pgkeel_scratch_",
            "pgkeel_scratch_mine",
            "pgkeel_scratch_1_short",
            "pgkeel_scratch_x_0000000000000abc",
        ] {
            assert_eq!(made_at(name), None, "{name}");
        }
    }
}

//! The one connection of a run: alone by an advisory lock, as good as new for every file, and the same throughout.

use std::time::{Duration, Instant};

use sqlx::{AssertSqlSafe, Connection as _, FromRow, PgConnection, query_as, query_scalar, raw_sql};

use super::history::{self, Place, Table};
use super::{Event, Report, Target};
use crate::config::MigrationLayout;
use crate::introspect::connect;
use crate::{Error, Result};

/// How often a lock that others hold is tried. A waiting query would hold a snapshot, which a concurrent index build of
/// the holder waits for.
const TRY: Duration = Duration::from_millis(100);
/// How long a second connection may take, which only tells whether a pooler hands out servers.
const PROBE: Duration = Duration::from_secs(3);
/// How often others may make a table first: each time it is there at the next look.
const RACES: u32 = 5;
/// Ends what a file may have left in its session, but for the lock.
const RESET: &str = "RESET SESSION AUTHORIZATION; RESET ROLE; RESET ALL; CLOSE ALL; UNLISTEN *; DISCARD TEMP; \
                     DISCARD SEQUENCES; DEALLOCATE ALL";

/// A connection that runs migrations.
pub(super) struct Session {
    pub(super) conn: PgConnection,
    pub(super) place: Place,
    pub(super) url: String,
    /// The server process that serves it.
    pub(super) pid: i32,
    /// The lock that it holds on the database.
    key: i64,
}

/// Somebody else's session.
#[derive(FromRow)]
struct Other {
    pid: i32,
    usename: String,
    application_name: String,
    client_addr: Option<String>,
    since: Option<String>,
    is_self: bool,
}

impl Session {
    /// Connects, and makes sure that the target is what it is taken for.
    ///
    /// # Errors
    /// Where the database cannot be reached, or has no such schema.
    pub(super) async fn open(target: &Target, layout: MigrationLayout) -> Result<Self> {
        let tenant = target.schema.clone().unwrap_or_default();
        if layout == MigrationLayout::Supabase && !tenant.is_empty() {
            return Err(
                Error::new("the Supabase CLI keeps one history for a database, not one for each schema")
                    .with_hint("use the layout sqlx or pgkeel for migrations that run once for each schema"),
            );
        }
        let mut conn = connect::connect(&target.url).await?;
        let (pid, database): (i32, String) = query_as("SELECT pg_backend_pid(), current_database()::text")
            .persistent(false)
            .fetch_one(&mut conn)
            .await
            .map_err(cannot)?;
        let mut session = Self {
            conn,
            place: Place {
                layout,
                tenant,
                search_path: String::new(),
            },
            url: target.url.clone(),
            pid,
            key: lock_key(&database),
        };
        session.find_history().await?;
        Ok(session)
    }

    /// Makes the session as good as new.
    pub(super) async fn reset(&mut self) -> sqlx::Result<()> {
        self.execute(RESET).await?;
        self.execute(include_str!("sql/session.sql")).await?;
        if !self.place.tenant.is_empty() {
            query_scalar::<_, String>("SELECT set_config('search_path', quote_ident($1), false)")
                .bind(&self.place.tenant)
                .persistent(false)
                .fetch_one(&mut self.conn)
                .await?;
        }
        Ok(())
    }

    /// sqlx's table is where the search path leads first, and stays there whatever a file does to the path.
    async fn find_history(&mut self) -> Result<()> {
        let schema: Option<String> = if self.place.tenant.is_empty() {
            query_scalar(include_str!("sql/history_schema.sql"))
                .persistent(false)
                .fetch_one(&mut self.conn)
                .await
        } else {
            query_scalar("SELECT quote_ident(nspname) FROM pg_namespace WHERE nspname = $1::name")
                .bind(&self.place.tenant)
                .persistent(false)
                .fetch_optional(&mut self.conn)
                .await
        }
        .map_err(cannot)?;
        match schema {
            Some(schema) => self.place.search_path = schema,
            None if !self.place.tenant.is_empty() => {
                return Err(Error::new(format!("there is no schema `{}`", self.place.tenant))
                    .with_hint("create it first: the runner does not know what it should be"));
            }
            None if self.place.layout != MigrationLayout::Sqlx => self.place.search_path = "pg_catalog".to_owned(),
            None => {
                return Err(
                    Error::new("no schema of the search path exists, so sqlx's history has no place").with_hint(
                        "create the schema, or set the search path in the URL: ?options=-csearch_path%3Dpublic",
                    ),
                );
            }
        }
        Ok(())
    }

    /// Opens a transaction for rows of the history.
    pub(super) async fn begin(&mut self) -> sqlx::Result<()> {
        self.execute("BEGIN").await?;
        self.become_recorder().await
    }

    /// Makes a table of ours where it is not there.
    pub(super) async fn ensure(&mut self, table: Table) -> sqlx::Result<()> {
        for _ in 0..RACES {
            self.begin().await?;
            let made = history::ensure(&mut self.conn, &self.place, table).await;
            let Err(error) = made else {
                return self.execute("COMMIT").await;
            };
            self.execute("ROLLBACK").await?;
            if !history::is_race(&error) {
                return Err(error);
            }
        }
        Ok(())
    }

    /// Until the transaction ends, whoever the file has become and wherever it looks: the history is ours.
    pub(super) async fn become_recorder(&mut self) -> sqlx::Result<()> {
        self.execute("SET LOCAL SESSION AUTHORIZATION DEFAULT; SET LOCAL role TO DEFAULT")
            .await?;
        query_scalar::<_, String>("SELECT set_config('search_path', $1, true)")
            .bind(&self.place.search_path)
            .persistent(false)
            .fetch_one(&mut self.conn)
            .await?;
        Ok(())
    }

    /// Takes the lock that keeps other runs away, sqlx's among them. Waits for it as long as `wait`.
    ///
    /// # Errors
    /// Where somebody else holds it longer; and behind a pooler that gives each transaction another server.
    pub(super) async fn lock(&mut self, wait: Duration, report: Report<'_>) -> Result<()> {
        self.refuse_pooler().await?;
        let deadline = Instant::now() + wait;
        let mut told = false;
        while !self.try_lock().await.map_err(cannot)? {
            let holder = self.holders().await.map_err(cannot)?.join(" and ");
            if Instant::now() >= deadline {
                let who = if holder.is_empty() { "somebody" } else { &holder };
                return Err(Error::new(format!("another run holds the database: {who}")).with_hint(
                    "wait for it, longer with --wait; where it is dead, end its session: SELECT pg_terminate_backend(pid)",
                ));
            }
            if !told {
                report(Event::Waiting { holder });
                told = true;
            }
            tokio::time::sleep(TRY).await;
        }
        self.reset().await.map_err(cannot)
    }

    /// A run for one schema shares the database with those for others; a run for all of it does not.
    async fn try_lock(&mut self) -> sqlx::Result<bool> {
        if self.place.tenant.is_empty() {
            return query_scalar("SELECT pg_try_advisory_lock($1)")
                .bind(self.key)
                .persistent(false)
                .fetch_one(&mut self.conn)
                .await;
        }
        let own: bool = query_scalar("SELECT pg_try_advisory_lock(hashtextextended('pgkeel tenant ' || $1, 0))")
            .bind(&self.place.tenant)
            .persistent(false)
            .fetch_one(&mut self.conn)
            .await?;
        if !own {
            return Ok(false);
        }
        let shared: bool = query_scalar("SELECT pg_try_advisory_lock_shared($1)")
            .bind(self.key)
            .persistent(false)
            .fetch_one(&mut self.conn)
            .await?;
        if !shared {
            query_scalar::<_, bool>("SELECT pg_advisory_unlock(hashtextextended('pgkeel tenant ' || $1, 0))")
                .bind(&self.place.tenant)
                .persistent(false)
                .fetch_one(&mut self.conn)
                .await?;
        }
        Ok(shared)
    }

    async fn holders(&mut self) -> sqlx::Result<Vec<String>> {
        let others: Vec<Other> = query_as(include_str!("sql/holders.sql"))
            .bind(self.key)
            .persistent(false)
            .fetch_all(&mut self.conn)
            .await?;
        Ok(others.iter().map(Other::show).collect())
    }

    /// Behind a transaction-mode pooler a session's lock belongs to whoever gets that server next. Two of our
    /// connections that are served by one server process at the same time prove one.
    async fn refuse_pooler(&mut self) -> Result<()> {
        let held: Vec<Other> = query_as(include_str!("sql/holders.sql"))
            .bind(self.key)
            .persistent(false)
            .fetch_all(&mut self.conn)
            .await
            .map_err(cannot)?;
        let second = tokio::time::timeout(PROBE, async {
            let mut second = connect::connect(&self.url).await.ok()?;
            let pid: i32 = query_scalar("SELECT pg_backend_pid()")
                .persistent(false)
                .fetch_one(&mut second)
                .await
                .ok()?;
            let _ = second.close().await;
            Some(pid)
        });
        let second = second.await.ok().flatten();
        let now: i32 = query_scalar("SELECT pg_backend_pid()")
            .persistent(false)
            .fetch_one(&mut self.conn)
            .await
            .map_err(cannot)?;
        if second == Some(self.pid) || now != self.pid || held.iter().any(|other| other.is_self) {
            return Err(pooled());
        }
        Ok(())
    }

    /// Makes sure that this is still the server process that holds the lock.
    ///
    /// # Errors
    /// Where it is not.
    pub(super) async fn check_alone(&mut self) -> Result<()> {
        let held: Vec<Other> = query_as(include_str!("sql/holders.sql"))
            .bind(self.key)
            .persistent(false)
            .fetch_all(&mut self.conn)
            .await
            .map_err(cannot)?;
        if held.iter().any(|other| other.is_self && other.pid == self.pid) {
            return Ok(());
        }
        let now: i32 = query_scalar("SELECT pg_backend_pid()")
            .persistent(false)
            .fetch_one(&mut self.conn)
            .await
            .map_err(cannot)?;
        if now != self.pid {
            return Err(pooled());
        }
        Err(
            Error::new("the lock that keeps other runs away was given up on the way")
                .with_hint("leave pg_advisory_unlock_all out of the migration"),
        )
    }

    /// Runs one statement as it is.
    pub(super) async fn execute(&mut self, sql: &str) -> sqlx::Result<()> {
        raw_sql(AssertSqlSafe(sql)).execute(&mut self.conn).await.map(|_| ())
    }

    /// Gives up the lock, and ends the session.
    pub(super) async fn close(mut self) {
        // The server does both by itself where this fails.
        let _ = raw_sql("SELECT pg_advisory_unlock_all()").execute(&mut self.conn).await;
        let _ = self.conn.close().await;
    }
}

impl Other {
    fn show(&self) -> String {
        let mut shown = format!("pid {}, user {}", self.pid, self.usename);
        if !self.application_name.is_empty() {
            shown = format!("{} ({shown})", self.application_name);
        }
        if let Some(address) = &self.client_addr {
            shown = format!("{shown} from {address}");
        }
        match &self.since {
            Some(since) => format!("{shown} since {since}"),
            None => shown,
        }
    }
}

/// Who keeps the session `pid` waiting, as seen from `conn`.
pub(super) async fn blockers(conn: &mut PgConnection, pid: i32) -> sqlx::Result<Vec<String>> {
    let others: Vec<Other> = query_as(include_str!("sql/blockers.sql"))
        .bind(pid)
        .persistent(false)
        .fetch_all(conn)
        .await?;
    Ok(others.iter().map(Other::show).collect())
}

fn pooled() -> Error {
    Error::new("a transaction-mode pooler stands between, so that nothing keeps a second run away").with_hint(
        "connect to the server itself, or to the pooler's session mode (at Supabase the port 5432, not 6543)",
    )
}

/// The error of a question that is ours to ask.
pub(super) fn cannot(error: sqlx::Error) -> Error {
    match error.as_database_error() {
        Some(said) => Error::new(format!("the database does not answer: {}", said.message())),
        None => Error::new(format!("the connection to the database was lost: {error}"))
            .with_hint("run it again: it goes on where it was"),
    }
    .with_source(error)
}

/// The lock that sqlx takes on a database while it migrates it.
fn lock_key(database: &str) -> i64 {
    0x3d32_ad9e * i64::from(crc32(database.as_bytes()))
}

/// The checksum of zlib and Ethernet.
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
        }
    }
    !crc
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_the_standard_one() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc32(b""), 0);
    }
}

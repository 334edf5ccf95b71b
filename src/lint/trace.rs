//! Runs a file in a scratch copy, and observes what each statement locks, writes anew and reads.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

use sqlx::{AssertSqlSafe, Executor as _, FromRow, PgConnection};

use crate::catalog::QName;
use crate::ddl::LockMode;
use crate::{Error, Result};

use super::statement::{Verb, is_transactional};
use super::{File, Run, read};

mod glimpse;

/// What a statement was seen to do to what was there before the file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Seen {
    /// Where it stands in the file, in bytes.
    pub range: Range<usize>,
    /// The strongest lock that it took on each table or view, stronger than a writer's; `None` for what no transaction
    /// takes, where it was done before anything could be seen.
    pub locks: Option<BTreeMap<QName, LockMode>>,
    /// The tables that were written anew.
    pub rewritten: Vec<QName>,
    /// The tables that were read as a whole.
    pub scanned: Vec<QName>,
    /// Why it failed, in PostgreSQL's own words.
    pub error: Option<String>,
    /// Whether it failed because the server does not know what is asked for, which a newer one may.
    pub is_unknown: bool,
}

#[derive(FromRow)]
struct Relation {
    schema: String,
    name: String,
    is_index: bool,
    file: i64,
    scans: i64,
    oid: i64,
}

#[derive(Debug, FromRow)]
struct Lock {
    oid: i64,
    mode: String,
}

/// Runs the file's statements as they would run, one after the other, up to the first that fails. `observer` is a second
/// connection to the database: it sees the locks of what no transaction takes, which are gone when that is done.
///
/// # Errors
/// Where the server cannot be asked what it did.
pub async fn trace(connection: &mut PgConnection, observer: &mut PgConnection, file: &File) -> Result<Vec<Seen>> {
    let script = read::script(&file.text);
    let there = relations(connection).await?;
    let there = there.into_iter().map(|row| (row.oid, row)).collect::<BTreeMap<_, _>>();
    let mut seen = Vec::new();
    let mut is_open = false;
    if file.run == Run::PerFile {
        begin(connection).await?;
        is_open = true;
    }
    let mut until = 0;
    for statement in &script.statements {
        // What is inside of a block runs with it, and no rows come from a client or go there.
        let is_skipped = matches!(
            statement.verb,
            Verb::BlockEnd | Verb::CopyFrom { from_client: true } | Verb::CopyTo { to_client: true }
        );
        if statement.range.start < until || is_skipped {
            continue;
        }
        until = statement.range.end;
        let text = &file.text[statement.range.clone()];
        let alone = !is_open && !is_transactional(statement);
        let own = !is_open
            && !alone
            && !matches!(
                statement.verb,
                Verb::Begin | Verb::Commit { .. } | Verb::Rollback { .. } | Verb::Set { .. } | Verb::Reset(_)
            );
        if own {
            begin(connection).await?;
        }
        // What changes the server or the session takes no locks on tables.
        let is_held_up = alone && !matches!(statement.verb, Verb::OfServer(_) | Verb::DiscardAll);
        if is_held_up {
            wait_for_counts(connection).await;
        }
        let before = relations(connection).await?;
        let mut one = Seen {
            range: statement.range.clone(),
            ..Seen::default()
        };
        let ran = match is_held_up {
            true => {
                // A vacuum waits for its like, and for no reader.
                let in_its_way = match statement.verb {
                    Verb::Vacuum { full: false, .. } => LockMode::ShareUpdateExclusive,
                    _ => LockMode::AccessShare,
                };
                let ran = glimpse::run(connection, observer, text, in_its_way).await;
                let (ran, locks) = ran.map_err(asked)?;
                one.locks = (!locks.is_empty()).then(|| strongest(&locks, &there));
                wait_for_counts(connection).await;
                ran
            }
            false => connection.execute(AssertSqlSafe(text.to_owned())).await.map(|_| ()),
        };
        if let Err(error) = ran {
            one.is_unknown = is_unknown(&error);
            one.error = Some(message(connection, &error));
            seen.push(one);
            let _ = connection.execute("ROLLBACK").await;
            return Ok(seen);
        }
        compare(&mut one, &before, &relations(connection).await?, &there);
        if !alone {
            one.locks = Some(locks(connection, &there).await?);
        }
        if own && let Err(error) = connection.execute("COMMIT").await {
            one.error = Some(message(connection, &error));
        }
        let failed = one.error.is_some();
        seen.push(one);
        match statement.verb {
            Verb::Begin => is_open = true,
            Verb::Commit { chain } | Verb::Rollback { chain } => is_open = chain,
            _ => {}
        }
        if failed {
            return Ok(seen);
        }
    }
    let _ = connection
        .execute(if file.run == Run::PerFile { "COMMIT" } else { "ROLLBACK" })
        .await;
    Ok(seen)
}

async fn begin(connection: &mut PgConnection) -> Result<()> {
    connection.execute("BEGIN").await.map_err(asked)?;
    Ok(())
}

fn asked(error: sqlx::Error) -> Error {
    Error::new("cannot observe the scratch server").with_source(error)
}

/// Whether it is of syntax or a parameter. The file has been read by the grammar of the newest major version.
fn is_unknown(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    code.is_some_and(|code| ["42601", "22023"].contains(&&*code))
}

/// What the server says. What it takes for wrong may be what a newer one has.
fn message(connection: &PgConnection, error: &sqlx::Error) -> String {
    let sqlx::Error::Database(error) = error else {
        return error.to_string();
    };
    let major = connection.server_version_num().map(|number| number / 10_000);
    match major {
        Some(major) => format!("PostgreSQL {major} says: {}", error.message()),
        None => error.message().to_owned(),
    }
}

/// Before 15 a process of its own counts scans, and what it says is up to half a second old.
async fn wait_for_counts(connection: &PgConnection) {
    if connection.server_version_num().is_some_and(|number| number < 150_000) {
        tokio::time::sleep(Duration::from_millis(600)).await;
    }
}

async fn relations(connection: &mut PgConnection) -> Result<Vec<Relation>> {
    let query = sqlx::query_as(include_str!("sql/trace_relations.sql"));
    query.persistent(false).fetch_all(connection).await.map_err(asked)
}

async fn locks(connection: &mut PgConnection, there: &BTreeMap<i64, Relation>) -> Result<BTreeMap<QName, LockMode>> {
    let query = sqlx::query_as::<_, Lock>(include_str!("sql/trace_locks.sql"));
    let held = query.persistent(false).fetch_all(connection).await.map_err(asked)?;
    Ok(strongest(&held, there))
}

/// The strongest of locks on each of the tables and views that were there, where it is stronger than a writer's.
fn strongest(held: &[Lock], there: &BTreeMap<i64, Relation>) -> BTreeMap<QName, LockMode> {
    let mut locks = BTreeMap::new();
    for lock in held {
        let Some(row) = there.get(&lock.oid).filter(|row| !row.is_index) else {
            continue;
        };
        let Some(mode) = mode(&lock.mode).filter(|mode| *mode > LockMode::RowExclusive) else {
            continue;
        };
        let strongest = locks.entry(name(row)).or_insert(mode);
        *strongest = mode.max(*strongest);
    }
    locks
}

fn name(row: &Relation) -> QName {
    QName::new(row.schema.as_str(), row.name.as_str())
}

fn mode(name: &str) -> Option<LockMode> {
    Some(match name {
        "AccessShareLock" => LockMode::AccessShare,
        "RowShareLock" => LockMode::RowShare,
        "RowExclusiveLock" => LockMode::RowExclusive,
        "ShareUpdateExclusiveLock" => LockMode::ShareUpdateExclusive,
        "ShareLock" => LockMode::Share,
        "ShareRowExclusiveLock" => LockMode::ShareRowExclusive,
        "ExclusiveLock" => LockMode::Exclusive,
        "AccessExclusiveLock" => LockMode::AccessExclusive,
        _ => return None,
    })
}

fn compare(seen: &mut Seen, before: &[Relation], after: &[Relation], there: &BTreeMap<i64, Relation>) {
    let before = before.iter().map(|row| (row.oid, row)).collect::<BTreeMap<_, _>>();
    for row in after.iter().filter(|row| !row.is_index && there.contains_key(&row.oid)) {
        let Some(old) = before.get(&row.oid) else { continue };
        if row.file != old.file {
            seen.rewritten.push(name(row));
        }
        if row.scans > old.scans && !seen.scanned.contains(&name(row)) {
            seen.scanned.push(name(row));
        }
    }
}

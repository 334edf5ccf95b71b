//! Runs a file in a scratch copy, and observes what each statement locks, writes anew and reads.

use std::collections::BTreeMap;
use std::ops::Range;

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
                Verb::Begin | Verb::Commit | Verb::Rollback | Verb::Set { .. } | Verb::Reset(_)
            );
        if own {
            begin(connection).await?;
        }
        let before = relations(connection).await?;
        let mut one = Seen {
            range: statement.range.clone(),
            ..Seen::default()
        };
        let ran = match alone {
            true => {
                // A vacuum waits for its like, and for no reader.
                let in_its_way = match statement.verb {
                    Verb::Vacuum { full: false, .. } => LockMode::ShareUpdateExclusive,
                    _ => LockMode::AccessShare,
                };
                let glimpsed = glimpse::run(connection, observer, text, in_its_way).await;
                let (ran, glimpsed) = glimpsed.map_err(asked)?;
                one.locks = (!glimpsed.locks.is_empty()).then(|| strongest(&glimpsed.locks, &there));
                one.scanned = glimpsed
                    .read
                    .iter()
                    .filter_map(|oid| there.get(oid).map(name))
                    .collect();
                ran
            }
            false => connection.execute(AssertSqlSafe(text.to_owned())).await.map(|_| ()),
        };
        if let Err(error) = ran {
            one.error = Some(message(&error));
            seen.push(one);
            let _ = connection.execute("ROLLBACK").await;
            return Ok(seen);
        }
        compare(&mut one, &before, &relations(connection).await?, &there);
        if !alone {
            one.locks = Some(locks(connection, &there).await?);
        }
        if own && let Err(error) = connection.execute("COMMIT").await {
            one.error = Some(message(&error));
        }
        let failed = one.error.is_some();
        seen.push(one);
        match statement.verb {
            Verb::Begin => is_open = true,
            Verb::Commit | Verb::Rollback => is_open = false,
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

fn message(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(error) => error.message().to_owned(),
        error => error.to_string(),
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

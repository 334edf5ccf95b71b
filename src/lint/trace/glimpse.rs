//! What no transaction takes, as another connection sees it while it runs.
//!
//! On a small table such a statement is done before anybody could look. It waits, though, for readers of its tables and for
//! older snapshots: the observer is both, until it has seen the statement wait.

use std::time::Duration;

use sqlx::{AssertSqlSafe, Executor as _, FromRow, PgConnection};

use super::Lock;
use crate::ddl::LockMode;

/// How long to wait between two looks: first, and at the most.
const PAUSE: Duration = Duration::from_millis(1);
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

#[derive(FromRow)]
struct Held {
    oid: Option<i64>,
    mode: String,
    granted: bool,
}

#[derive(FromRow)]
struct Limit {
    name: String,
    setting: String,
}

/// Runs a statement in no transaction, and gives what became of it and the locks that it had or waited for. It is held up
/// by a lock on its tables, which is no matter of the time limits that it has.
///
/// # Errors
/// Where the observer cannot look.
pub(super) async fn run(
    connection: &mut PgConnection,
    observer: &mut PgConnection,
    text: &str,
    in_its_way: LockMode,
) -> Result<(Result<(), sqlx::Error>, Vec<Lock>), sqlx::Error> {
    let (pid,): (i32,) = sqlx::query_as("SELECT pg_backend_pid()")
        .fetch_one(&mut *connection)
        .await?;
    let limits = sqlx::query_as::<_, Limit>(include_str!("../sql/trace_patience.sql"));
    let limits = limits.persistent(false).fetch_all(&mut *connection).await?;
    stand_in_the_way(observer, text, in_its_way).await?;
    let mut is_in_the_way = true;
    let mut locks = Vec::new();
    let mut pause = PAUSE;
    let ran = {
        let running = connection.execute(AssertSqlSafe(text.to_owned()));
        tokio::pin!(running);
        loop {
            tokio::select! {
                ran = &mut running => break ran.map(|_| ()),
                () = tokio::time::sleep(pause) => {}
            }
            let waits = look(observer, pid, &mut locks).await?;
            if waits && is_in_the_way {
                observer.execute("ROLLBACK").await?;
                is_in_the_way = false;
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    };
    if is_in_the_way {
        observer.execute("ROLLBACK").await?;
    }
    for limit in limits {
        let set = sqlx::query("SELECT pg_catalog.set_config($1, $2, false)").persistent(false);
        set.bind(limit.name)
            .bind(limit.setting)
            .execute(&mut *connection)
            .await?;
    }
    Ok((ran, locks))
}

/// Begins a transaction with a snapshot that locks the tables that the statement may be about.
async fn stand_in_the_way(observer: &mut PgConnection, text: &str, mode: LockMode) -> Result<(), sqlx::Error> {
    observer.execute("BEGIN ISOLATION LEVEL REPEATABLE READ").await?;
    let query = sqlx::query_as::<_, (String,)>(include_str!("../sql/trace_readers.sql"));
    let lock = query
        .bind(text)
        .bind(mode.name())
        .persistent(false)
        .fetch_optional(&mut *observer)
        .await?;
    if let Some((lock,)) = lock {
        observer.execute(AssertSqlSafe(lock)).await?;
    }
    Ok(())
}

/// Adds the locks that are seen now, and tells whether the statement waits.
async fn look(observer: &mut PgConnection, pid: i32, locks: &mut Vec<Lock>) -> Result<bool, sqlx::Error> {
    let query = sqlx::query_as::<_, Held>(include_str!("../sql/trace_others_locks.sql"));
    let held = query.bind(pid).persistent(false).fetch_all(&mut *observer).await?;
    let waits = held.iter().any(|lock| !lock.granted);
    let on_relations = held.into_iter().filter_map(|lock| Some((lock.oid?, lock.mode)));
    locks.extend(on_relations.map(|(oid, mode)| Lock { oid, mode }));
    Ok(waits)
}

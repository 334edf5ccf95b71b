//! Reading by several connections at once, which see one snapshot (manual, section 9.28.5, `pg_export_snapshot`).
//!
//! A server works on one connection with one process, so a large schema is read sooner by several. Rows are still taken
//! in the order of the families, each of which needs the names that those before it brought.

use std::time::Duration;

use futures_util::TryStreamExt as _;
use futures_util::future::try_join_all;
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, Either, PgConnection, Row as _};
use tokio::sync::mpsc;

use super::query::{self, Failure, Opening};
use super::{Family, Reader, connect};
use crate::Result;

/// From how many relations on more connections are worth opening.
const MANY: i64 = 500;

/// What the other connections read; the first one reads the rest. What deparses expressions stays together: each
/// process of the server has to load the tables that expressions are about for itself.
const LANES: [&[&str]; 3] = [
    &["defaults", "constraints", "policies"],
    &["views", "index_columns", "indexes"],
    &["sequences", "grants", "comments", "edges"],
];

/// How many rows travel together, and how many such parcels wait for their turn. A lane that is far ahead stops, so that
/// memory stays small, but not before its largest family with 10,000 tables is through.
const PARCEL: usize = 256;
const WAITING: usize = 512;

/// How long the other connections may take to open. A pooler that has no more of them lets one wait for minutes.
const PATIENCE: Duration = Duration::from_secs(2);

/// Other connections to the database of `first`, each in a transaction that sees what the first one's sees.
pub(super) struct Lanes {
    connections: Vec<PgConnection>,
}

impl Lanes {
    /// Opens them where the schema is large; nothing where it is not, or where they cannot be had. The transaction of
    /// `first` is then open.
    pub(super) async fn open(first: &mut PgConnection, url: &str) -> Option<Self> {
        let lanes = Self::try_open(first, url).await;
        if lanes.is_none() {
            query::rollback(first).await;
        }
        lanes
    }

    async fn try_open(first: &mut PgConnection, url: &str) -> Option<Self> {
        let row = sqlx::raw_sql(AssertSqlSafe(format!("{}; {SNAPSHOT}", query::BEGIN)))
            .fetch_one(first)
            .await
            .ok()?;
        let relations: i64 = row.try_get(1).ok()?;
        if relations < MANY {
            return None;
        }
        let snapshot: String = row.try_get(0).ok()?;
        let join = format!(
            "{}; set transaction snapshot {}",
            query::BEGIN,
            crate::sql::literal(&snapshot)
        );
        let others = try_join_all(LANES.iter().map(|_| join_snapshot(url, &join)));
        let connections = tokio::time::timeout(PATIENCE, others).await.ok()?.ok()?;
        Some(Self { connections })
    }
}

const SNAPSHOT: &str = "select pg_catalog.pg_export_snapshot(), (select pg_catalog.count(*) \
     from pg_catalog.pg_class where oid >= 16384 and relkind in ('r', 'p', 'v', 'm', 'f'))";

async fn join_snapshot(url: &str, join: &str) -> Result<PgConnection> {
    let mut connection = connect::connect(url).await?;
    let joined = sqlx::raw_sql(AssertSqlSafe(join.to_owned()))
        .execute(&mut connection)
        .await;
    joined.map_err(|source| crate::Error::new("cannot share a snapshot").with_source(source))?;
    Ok(connection)
}

/// Reads the families by all connections, and hands each row to its family in the order of the families.
pub(super) async fn read_families<'f>(
    first: &mut PgConnection,
    lanes: Lanes,
    reader: &mut Reader<'_>,
    families: &[&'f Family],
) -> Result<(), Failure<'f>> {
    let lane_of = |family: &Family| LANES.iter().position(|lane| lane.contains(&family.name));
    let mut parcels: Vec<mpsc::Receiver<Parcel>> = Vec::new();
    for (lane, connection) in lanes.connections.into_iter().enumerate() {
        let own = families.iter().filter(|family| lane_of(family) == Some(lane));
        let message = query::message(own.map(|family| family.sql), reader, Opening::Opened);
        let (sender, receiver) = mpsc::channel(WAITING);
        tokio::spawn(send_rows(connection, message, sender));
        parcels.push(receiver);
    }
    let own = families.iter().filter(|family| lane_of(family).is_none());
    let message = query::message(own.map(|family| family.sql), reader, Opening::Opened);
    let mut results = sqlx::raw_sql(AssertSqlSafe(message)).fetch_many(first);
    let mut to_skip = Opening::Opened.statements();
    while to_skip > 0 {
        let step = results
            .try_next()
            .await
            .map_err(|source| Failure { family: None, source })?;
        to_skip -= usize::from(matches!(step, Some(Either::Left(_))));
    }
    for &family in families {
        let fail = |source| Failure {
            family: Some(family),
            source,
        };
        match lane_of(family) {
            None => {
                while let Some(Either::Right(row)) = results.try_next().await.map_err(fail)? {
                    (family.take)(reader, &row).map_err(fail)?;
                }
            }
            Some(lane) => loop {
                match parcels[lane].recv().await {
                    Some(Parcel::Rows(rows)) => {
                        for row in &rows {
                            (family.take)(reader, row).map_err(fail)?;
                        }
                    }
                    Some(Parcel::End) => break,
                    Some(Parcel::Failed(source)) => return Err(fail(source)),
                    None => return Err(fail(sqlx::Error::WorkerCrashed)),
                }
            },
        }
    }
    // The end of the transaction.
    while results
        .try_next()
        .await
        .map_err(|source| Failure { family: None, source })?
        .is_some()
    {}
    Ok(())
}

/// What a lane sends: rows of the family that is on, the end of that family, or why there is no more.
enum Parcel {
    Rows(Vec<PgRow>),
    End,
    Failed(sqlx::Error),
}

async fn send_rows(mut connection: PgConnection, message: String, sender: mpsc::Sender<Parcel>) {
    if let Err(error) = try_send_rows(&mut connection, message, &sender).await {
        // Nobody listens any more where another lane has failed.
        let _ = sender.send(Parcel::Failed(error)).await;
    }
}

async fn try_send_rows(
    connection: &mut PgConnection,
    message: String,
    sender: &mpsc::Sender<Parcel>,
) -> sqlx::Result<()> {
    let mut results = sqlx::raw_sql(AssertSqlSafe(message)).fetch_many(connection);
    let mut rows = Vec::with_capacity(PARCEL);
    let mut to_skip = Opening::Opened.statements();
    while let Some(step) = results.try_next().await? {
        let is_end = matches!(step, Either::Left(_));
        if let Either::Right(row) = step {
            rows.push(row);
        }
        if to_skip > 0 {
            to_skip -= usize::from(is_end);
            continue;
        }
        if rows.len() == PARCEL || is_end && !rows.is_empty() {
            let full = std::mem::replace(&mut rows, Vec::with_capacity(PARCEL));
            if sender.send(Parcel::Rows(full)).await.is_err() {
                return Ok(());
            }
        }
        if is_end && sender.send(Parcel::End).await.is_err() {
            return Ok(());
        }
    }
    Ok(())
}

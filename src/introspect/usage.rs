//! Reads what the server has counted and measured (manual, sections 14.2 and 27.2): each family is a query of its own, and
//! each may be refused. Nothing but catalogs is read.

use std::collections::BTreeMap;

use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, FromRow, PgConnection, Result};

use crate::catalog::scope::{Depth, Scope};
use crate::catalog::usage::{ColumnUsage, DatabaseUsage, IndexUsage, Replication, ServerUsage, TableUsage, Usage};
use crate::catalog::{Name, QName};
use crate::diagnostic::Diagnostic;

use super::query;

/// What a warning says of tables or sequences whose evidence is kept from the role.
const UNSEEN: &str = "the role may not see their statistics, so what takes these is left out";

/// How many names a warning lists.
const LISTED: usize = 3;

/// Reads the usage of what is in the scope. What the role may not see is left out and named in a warning.
///
/// # Errors
/// Where the server's version cannot be told.
pub async fn read(connection: &mut PgConnection, scope: &Scope) -> crate::Result<(Usage, Vec<Diagnostic>)> {
    let major = query::major(connection).await?;
    let mut reading = Reading {
        connection,
        scope,
        major,
        noticed: Vec::new(),
    };
    let mut usage = Usage {
        server: reading.server().await,
        ..Usage::default()
    };
    let databases = include_str!("sql/usage_databases.sql");
    reading
        .rows("statistics of databases", databases, |row| {
            let row = DatabaseRow::from_row(row)?;
            usage.databases.insert(Name::from(row.name), row.into());
            Ok(())
        })
        .await;
    let mut hidden = Vec::new();
    let tables = include_str!("sql/usage_tables.sql");
    reading
        .named("statistics of tables", tables, |name, row| {
            let table = TableUsage::from(TableRow::from_row(row)?);
            if table.hidden && table.rows.is_some_and(|rows| rows > 0.0) {
                hidden.push(name.clone());
            }
            usage.tables.insert(name, table);
            Ok(())
        })
        .await;
    let indexes = include_str!("sql/usage_indexes.sql");
    reading
        .named("statistics of indexes", indexes, |name, row| {
            usage.indexes.insert(name, IndexRow::from_row(row)?.into());
            Ok(())
        })
        .await;
    let columns = include_str!("sql/usage_columns.sql");
    reading
        .named("statistics of columns", columns, |name, row| {
            let row = ColumnRow::from_row(row)?;
            let columns: &mut BTreeMap<_, _> = usage.columns.entry(name).or_default();
            columns.insert(Name::from(row.column), row.into());
            Ok(())
        })
        .await;
    let mut closed = Vec::new();
    let sequences = include_str!("sql/usage_sequences.sql");
    reading
        .named("statistics of sequences", sequences, |name, row| {
            let row = SequenceRow::from_row(row)?;
            if let Some(value) = row.value {
                usage.sequences.insert(name, value);
            } else if !row.readable {
                closed.push(name);
            }
            Ok(())
        })
        .await;
    let mut noticed = reading.noticed;
    noticed.extend(unseen("table", hidden));
    noticed.extend(unseen("sequence", closed));
    Ok((usage, noticed))
}

/// How the server stands to others; `None` where the role may not see it.
///
/// # Errors
/// Where the server's version cannot be told.
pub async fn replication(connection: &mut PgConnection) -> crate::Result<Option<Replication>> {
    let mut reading = Reading {
        major: query::major(connection).await?,
        connection,
        scope: &Scope::default(),
        noticed: Vec::new(),
    };
    Ok(reading.server().await.map(|server| server.replication))
}

/// One reading of all families.
struct Reading<'a> {
    connection: &'a mut PgConnection,
    scope: &'a Scope,
    major: u32,
    noticed: Vec<Diagnostic>,
}

impl Reading<'_> {
    async fn server(&mut self) -> Option<ServerUsage> {
        let mut server = None;
        let sql = include_str!("sql/usage_server.sql");
        self.rows("statistics of the server", sql, |row| {
            server = Some(ServerRow::from_row(row)?.into());
            Ok(())
        })
        .await;
        server
    }

    /// Hands on every row of a query, or notes why there are none.
    async fn rows(&mut self, what: &str, sql: &str, mut take: impl FnMut(&PgRow) -> Result<()>) {
        let mut message = String::new();
        query::fit(sql, self.major, Depth::Whole, &mut message);
        let rows = sqlx::raw_sql(AssertSqlSafe(message))
            .fetch_all(&mut *self.connection)
            .await;
        let taken = rows.and_then(|rows| rows.iter().try_for_each(&mut take));
        if let Err(error) = taken {
            let noticed = Diagnostic::gap(what, super::REFUSED);
            self.noticed
                .push(noticed.with_hint(format!("the server says: {error}")));
        }
    }

    /// As [`Self::rows`], with the name of the object that the row is about, for those that the scope has.
    async fn named(&mut self, what: &str, sql: &str, mut take: impl FnMut(QName, &PgRow) -> Result<()>) {
        let scope = self.scope;
        self.rows(what, sql, |row| {
            let name = NameRow::from_row(row)?;
            let name = QName::new(name.schema, name.name);
            match scope.excludes(&name) {
                true => Ok(()),
                false => take(name, row),
            }
        })
        .await;
    }
}

fn unseen(kind: &str, mut names: Vec<QName>) -> Option<Diagnostic> {
    names.sort();
    let first = names.iter().take(LISTED).map(QName::to_string).collect::<Vec<_>>();
    let rest = names.len().checked_sub(LISTED).filter(|rest| *rest > 0);
    let subject = match (first.as_slice(), rest) {
        ([], _) => return None,
        ([one], _) => format!("{kind} {one}"),
        (_, None) => format!("{kind}s {}", first.join(", ")),
        (_, Some(rest)) => format!("{kind}s {} and {rest} more", first.join(", ")),
    };
    Some(Diagnostic::gap(subject, UNSEEN).with_hint("ask as a role that may read them"))
}

#[derive(FromRow)]
struct NameRow<'r> {
    schema: &'r str,
    name: &'r str,
}

#[derive(FromRow)]
struct ServerRow {
    counts: bool,
    counted_for: i64,
    standby: bool,
    followed: bool,
    block_size: i64,
    freeze_max_age: i64,
    multi_freeze_max_age: i64,
}

impl From<ServerRow> for ServerUsage {
    fn from(row: ServerRow) -> Self {
        Self {
            counts: row.counts,
            counted_for: row.counted_for,
            replication: match (row.standby, row.followed) {
                (true, _) => Replication::Standby,
                (false, true) => Replication::Primary,
                (false, false) => Replication::Alone,
            },
            block_size: row.block_size,
            freeze_max_age: row.freeze_max_age,
            multi_freeze_max_age: row.multi_freeze_max_age,
        }
    }
}

#[derive(FromRow)]
struct DatabaseRow<'r> {
    name: &'r str,
    current: bool,
    age: i64,
    multi_age: i64,
}

impl From<DatabaseRow<'_>> for DatabaseUsage {
    fn from(row: DatabaseRow<'_>) -> Self {
        Self {
            current: row.current,
            age: row.age,
            multi_age: row.multi_age,
        }
    }
}

#[derive(FromRow)]
struct TableRow {
    rows: f64,
    pages: i64,
    rows_scanned: i64,
    inserted: i64,
    changes: i64,
    dead_rows: i64,
    live_rows: i64,
    vacuumed: Option<i64>,
    age: i64,
    multi_age: i64,
    hidden: bool,
}

impl From<TableRow> for TableUsage {
    fn from(row: TableRow) -> Self {
        // Before 14, a table that was never looked at has no pages and no rows, as one that is empty.
        let is_known = row.rows > 0.0 || (row.rows == 0.0 && row.pages > 0);
        Self {
            rows: is_known.then_some(row.rows),
            pages: row.pages,
            rows_scanned: row.rows_scanned,
            writes: row.inserted + row.changes,
            changes: row.changes,
            dead_rows: row.dead_rows,
            live_rows: row.live_rows,
            vacuumed: row.vacuumed,
            age: row.age,
            multi_age: row.multi_age,
            hidden: row.hidden,
        }
    }
}

#[derive(FromRow)]
struct IndexRow {
    pages: i64,
    scans: i64,
    entries_read: i64,
    last_scan: Option<i64>,
    age: Option<i64>,
    building: bool,
}

impl From<IndexRow> for IndexUsage {
    fn from(row: IndexRow) -> Self {
        Self {
            pages: row.pages,
            scans: row.scans,
            entries_read: row.entries_read,
            last_scan: row.last_scan,
            age: row.age,
            building: row.building,
        }
    }
}

#[derive(FromRow)]
struct ColumnRow<'r> {
    column: &'r str,
    nulls: f64,
    width: i32,
    distinct: f64,
    correlation: Option<f64>,
    common: i32,
    rarest: Option<f64>,
}

impl From<ColumnRow<'_>> for ColumnUsage {
    fn from(row: ColumnRow<'_>) -> Self {
        Self {
            nulls: row.nulls,
            width: row.width,
            distinct: row.distinct,
            correlation: row.correlation,
            common: row.common,
            rarest: row.rarest,
        }
    }
}

#[derive(FromRow)]
struct SequenceRow {
    readable: bool,
    value: Option<i64>,
}

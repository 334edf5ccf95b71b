//! What has been run, in the table that the layout's own tool keeps; and how far, in pgkeel's.

use sqlx::postgres::types::Oid;
use sqlx::{PgConnection, query, query_as, query_scalar, raw_sql};

use super::folder::{Migration, Version, token_checksum};
use crate::config::MigrationLayout;

/// Whose history it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// The tool that keeps it.
    pub(super) layout: MigrationLayout,
    /// The schema that the migrations run in, or empty.
    pub(super) tenant: String,
    /// The search path, already quoted, that leads to sqlx's table.
    pub(super) search_path: String,
}

/// A migration that has been run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Applied {
    pub(super) version: Version,
    pub(super) name: String,
    /// What the folder's checksum is compared with; nothing where none was recorded.
    pub(super) checksum: Option<Vec<u8>>,
    /// Whether it is said to have succeeded; sqlx alone knows others.
    pub(super) success: bool,
    /// When, as ISO 8601 in UTC, where it was recorded.
    pub(super) applied_at: Option<String>,
}

/// A file of which a part has been run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Progress {
    pub(super) version: Version,
    pub(super) is_down: bool,
    pub(super) checksum: Vec<u8>,
    /// How many segments the file has, and how many of them are committed.
    pub(super) segments: usize,
    pub(super) done: usize,
    /// Whether the next segment was sent, outside a transaction.
    pub(super) started: bool,
    /// The indexes that its table had before, where they matter.
    pub(super) indexes: Option<Vec<Oid>>,
    /// How long the committed ones took, in nanoseconds.
    pub(super) elapsed: i64,
}

impl Place {
    /// The layout's name in the table of half done files.
    pub(super) fn layout_name(&self) -> &'static str {
        match self.layout {
            MigrationLayout::Supabase => "supabase",
            MigrationLayout::Sqlx => "sqlx",
            MigrationLayout::Pgkeel => "pgkeel",
        }
    }

    fn table(&self) -> &'static str {
        match self.layout {
            MigrationLayout::Supabase => "supabase_migrations.schema_migrations",
            MigrationLayout::Sqlx => "_sqlx_migrations",
            MigrationLayout::Pgkeel => "pgkeel.migrations",
        }
    }
}

/// A table of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Table {
    /// The layout's history.
    History,
    /// What is half done.
    Progress,
}

/// Makes a table where it is not there.
pub(super) async fn ensure(conn: &mut PgConnection, place: &Place, table: Table) -> sqlx::Result<()> {
    let (is_whole, create) = match (table, place.layout) {
        (Table::Progress, _) => (
            exists(conn, "pgkeel.progress").await?,
            include_str!("sql/create_progress.sql"),
        ),
        (_, MigrationLayout::Supabase) => (has_columns(conn).await?, include_str!("sql/create_supabase.sql")),
        (_, MigrationLayout::Sqlx) => (exists(conn, place.table()).await?, include_str!("sql/create_sqlx.sql")),
        (_, MigrationLayout::Pgkeel) => (
            exists(conn, place.table()).await?,
            include_str!("sql/create_pgkeel.sql"),
        ),
    };
    if is_whole {
        return Ok(());
    }
    raw_sql(create).execute(conn).await.map(|_| ())
}

/// Whether somebody else was making the same at that moment, which `IF NOT EXISTS` does not see.
pub(super) fn is_race(error: &sqlx::Error) -> bool {
    matches!(code(error).as_deref(), Some("23505" | "42P06" | "42P07" | "42701"))
}

async fn exists(conn: &mut PgConnection, table: &str) -> sqlx::Result<bool> {
    query_scalar("SELECT to_regclass($1) IS NOT NULL")
        .bind(table)
        .persistent(false)
        .fetch_one(conn)
        .await
}

async fn has_columns(conn: &mut PgConnection) -> sqlx::Result<bool> {
    let count: i64 = query_scalar(
        "SELECT count(*) FROM pg_attribute WHERE attrelid = to_regclass('supabase_migrations.schema_migrations') \
         AND attname IN ('version', 'statements', 'name') AND NOT attisdropped",
    )
    .persistent(false)
    .fetch_one(conn)
    .await?;
    Ok(count == 3)
}

/// What has been run, in order. A table that is not there has no rows.
pub(super) async fn read(conn: &mut PgConnection, place: &Place) -> sqlx::Result<Vec<Applied>> {
    #[derive(sqlx::FromRow)]
    struct Row {
        version: String,
        name: String,
        checksum: Option<Vec<u8>>,
        statements: Option<Vec<String>>,
        success: bool,
        applied_at: Option<String>,
    }
    if !exists(conn, place.table()).await? {
        return Ok(Vec::new());
    }
    let sql = match place.layout {
        MigrationLayout::Supabase => include_str!("sql/read_supabase.sql"),
        MigrationLayout::Sqlx => include_str!("sql/read_sqlx.sql"),
        MigrationLayout::Pgkeel => include_str!("sql/read_pgkeel.sql"),
    };
    let rows: Vec<Row> = query_as(sql)
        .bind(&place.tenant)
        .persistent(false)
        .fetch_all(conn)
        .await?;
    let mut applied: Vec<Applied> = rows
        .into_iter()
        .filter_map(|row| {
            let statements = row.statements.as_ref();
            let recorded = statements.map(|texts| token_checksum(texts.iter().map(String::as_str)));
            Some(Applied {
                version: Version::parse(&row.version, place.layout)?,
                name: row.name,
                checksum: row.checksum.or(recorded),
                success: row.success,
                applied_at: row.applied_at,
            })
        })
        .collect();
    applied.sort_by(|a, b| a.version.cmp(&b.version));
    Ok(applied)
}

/// Which of the other layouts have a history in this database.
pub(super) async fn others(conn: &mut PgConnection, place: &Place) -> sqlx::Result<Vec<&'static str>> {
    let mut found = Vec::new();
    for (layout, name) in [
        (MigrationLayout::Supabase, "supabase"),
        (MigrationLayout::Sqlx, "sqlx"),
        (MigrationLayout::Pgkeel, "pgkeel"),
    ] {
        let other = Place {
            layout,
            ..place.clone()
        };
        if layout != place.layout && exists(conn, other.table()).await? && !read(conn, &other).await?.is_empty() {
            found.push(name);
        }
    }
    Ok(found)
}

/// Says that a migration has been run. `elapsed` is in nanoseconds, -1 where it did not run.
pub(super) async fn insert(
    conn: &mut PgConnection,
    place: &Place,
    migration: &Migration,
    statements: &[String],
    segments: usize,
    elapsed: i64,
) -> sqlx::Result<()> {
    let version = migration.version.as_str();
    let insert = match place.layout {
        MigrationLayout::Supabase => {
            query("INSERT INTO supabase_migrations.schema_migrations (version, name, statements) VALUES ($1, $2, $3)")
                .bind(version)
                .bind(&migration.name)
                .bind(statements.to_vec())
        }
        MigrationLayout::Sqlx => query(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
             VALUES ($1::text::bigint, $2, true, $3, $4)",
        )
        .bind(version)
        .bind(&migration.name)
        .bind(&migration.checksum)
        .bind(elapsed),
        MigrationLayout::Pgkeel => query(
            "INSERT INTO pgkeel.migrations (tenant, version, name, checksum, segments, execution_time) \
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(&place.tenant)
        .bind(version)
        .bind(&migration.name)
        .bind(&migration.checksum)
        .bind(number(segments))
        .bind(elapsed),
    };
    insert.persistent(false).execute(conn).await.map(|_| ())
}

/// Forgets a migration.
pub(super) async fn delete(conn: &mut PgConnection, place: &Place, version: &Version) -> sqlx::Result<()> {
    let version = version.as_str();
    let delete = match place.layout {
        MigrationLayout::Supabase => {
            query("DELETE FROM supabase_migrations.schema_migrations WHERE version = $1").bind(version)
        }
        MigrationLayout::Sqlx => query("DELETE FROM _sqlx_migrations WHERE version = $1::text::bigint").bind(version),
        MigrationLayout::Pgkeel => query("DELETE FROM pgkeel.migrations WHERE version = $1 AND tenant = $2")
            .bind(version)
            .bind(&place.tenant),
    };
    delete.persistent(false).execute(conn).await.map(|_| ())
}

/// Takes the file as it is now for what was run.
pub(super) async fn accept(
    conn: &mut PgConnection,
    place: &Place,
    migration: &Migration,
    statements: &[String],
) -> sqlx::Result<()> {
    let version = migration.version.as_str();
    let update = match place.layout {
        MigrationLayout::Supabase => {
            query("UPDATE supabase_migrations.schema_migrations SET name = $2, statements = $3 WHERE version = $1")
                .bind(version)
                .bind(&migration.name)
                .bind(statements.to_vec())
        }
        MigrationLayout::Sqlx => {
            query("UPDATE _sqlx_migrations SET description = $2, checksum = $3 WHERE version = $1::text::bigint")
                .bind(version)
                .bind(&migration.name)
                .bind(&migration.checksum)
        }
        MigrationLayout::Pgkeel => {
            query("UPDATE pgkeel.migrations SET name = $2, checksum = $3 WHERE version = $1 AND tenant = $4")
                .bind(version)
                .bind(&migration.name)
                .bind(&migration.checksum)
                .bind(&place.tenant)
        }
    };
    update.persistent(false).execute(conn).await.map(|_| ())
}

/// What is half done.
pub(super) async fn read_progress(conn: &mut PgConnection, place: &Place) -> sqlx::Result<Vec<Progress>> {
    #[derive(sqlx::FromRow)]
    struct Row {
        version: String,
        direction: String,
        checksum: Vec<u8>,
        segments: i32,
        done: i32,
        started: bool,
        indexes: Option<Vec<Oid>>,
        execution_time: i64,
    }
    if !exists(conn, "pgkeel.progress").await? {
        return Ok(Vec::new());
    }
    let rows: Vec<Row> = query_as(
        "SELECT version, direction, checksum, segments, done, started, indexes, execution_time FROM pgkeel.progress \
         WHERE layout = $1 AND tenant = $2",
    )
    .bind(place.layout_name())
    .bind(&place.tenant)
    .persistent(false)
    .fetch_all(conn)
    .await?;
    let count = |number: i32| usize::try_from(number).unwrap_or(0);
    let mut found: Vec<Progress> = rows
        .into_iter()
        .filter_map(|row| {
            Some(Progress {
                version: Version::parse(&row.version, place.layout)?,
                is_down: row.direction == "down",
                checksum: row.checksum,
                segments: count(row.segments),
                done: count(row.done),
                started: row.started,
                indexes: row.indexes,
                elapsed: row.execution_time,
            })
        })
        .collect();
    found.sort_by(|a, b| a.version.cmp(&b.version));
    Ok(found)
}

/// Says how far a file is.
pub(super) async fn put_progress(conn: &mut PgConnection, place: &Place, progress: &Progress) -> sqlx::Result<()> {
    query(include_str!("sql/put_progress.sql"))
        .bind(place.layout_name())
        .bind(&place.tenant)
        .bind(progress.version.as_str())
        .bind(if progress.is_down { "down" } else { "up" })
        .bind(&progress.checksum)
        .bind(number(progress.segments))
        .bind(number(progress.done))
        .bind(progress.started)
        .bind(&progress.indexes)
        .bind(progress.elapsed)
        .persistent(false)
        .persistent(false)
        .execute(conn)
        .await
        .map(|_| ())
}

/// Forgets that a file is half done.
pub(super) async fn clear_progress(conn: &mut PgConnection, place: &Place, version: &Version) -> sqlx::Result<()> {
    query("DELETE FROM pgkeel.progress WHERE layout = $1 AND tenant = $2 AND version = $3")
        .bind(place.layout_name())
        .bind(&place.tenant)
        .bind(version.as_str())
        .persistent(false)
        .persistent(false)
        .execute(conn)
        .await
        .map(|_| ())
}

/// The SQLSTATE of what the server said.
pub(super) fn code(error: &sqlx::Error) -> Option<String> {
    let code = error.as_database_error()?.code()?;
    Some(code.into_owned())
}

fn number(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

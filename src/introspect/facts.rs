//! Reads what the audit of access asks besides the schema: each a small query of its own, and each may be refused.

use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row as _};

use crate::catalog::facts::{Facts, Names, OutdatedExtension, Queue};
use crate::catalog::{Name, QName};
use crate::diagnostic::Diagnostic;

/// Whether storage has buckets that can be public.
const HAS_BUCKETS: &str = "select exists (select from pg_catalog.pg_attribute \
    where attrelid = to_regclass('storage.buckets') and attname = 'public' and not attisdropped)";

/// Reads the facts. What the role may not read is left out and named in a warning.
pub async fn read(connection: &mut PgConnection) -> (Facts, Vec<Diagnostic>) {
    let mut noticed = Vec::new();
    let roles = rows(
        connection,
        "roles",
        include_str!("sql/fact_api_roles.sql"),
        &mut noticed,
    )
    .await;
    let settings = rows(
        connection,
        "settings",
        include_str!("sql/fact_settings.sql"),
        &mut noticed,
    )
    .await;
    let extensions = rows(
        connection,
        "extensions",
        include_str!("sql/fact_extensions.sql"),
        &mut noticed,
    )
    .await;
    let queues = rows(connection, "queues", include_str!("sql/fact_queues.sql"), &mut noticed).await;
    let has_buckets = rows(connection, "storage.buckets", HAS_BUCKETS, &mut noticed).await;
    let has_buckets = has_buckets.is_some_and(|rows| rows.iter().any(|row| row.try_get(0).unwrap_or(false)));
    let buckets = match has_buckets {
        true => {
            rows(
                connection,
                "storage.buckets",
                include_str!("sql/fact_buckets.sql"),
                &mut noticed,
            )
            .await
        }
        false => Some(Vec::new()),
    };
    let servers = rows(connection, "roles", include_str!("sql/fact_roles.sql"), &mut noticed).await;
    let named = |is_trusted: bool| {
        let rows = roles.as_ref()?.iter();
        let rows = rows.filter(|row| row.try_get::<bool, _>("is_trusted").unwrap_or(false) == is_trusted);
        Some(rows.map(|row| text(row, "name").into()).collect())
    };
    let facts = Facts {
        names: names(connection, &mut noticed).await,
        roles: servers.map(|rows| {
            let bypasses = |row: &PgRow| row.try_get("bypasses").unwrap_or(false);
            rows.iter()
                .map(|row| (text(row, "name").into(), bypasses(row)))
                .collect()
        }),
        api_roles: named(false),
        api_services: named(true),
        exposed_schemas: settings.and_then(|rows| rows.first().map(|row| list(&text(row, "value"), ','))),
        public_buckets: buckets.map(|rows| rows.iter().map(|row| text(row, "id").into()).collect()),
        queues: queues.map(|rows| rows.iter().map(queue).collect()),
        outdated_extensions: extensions.map(|rows| rows.iter().map(extension).collect()),
    };
    (facts, noticed)
}

/// Where names without a schema are looked for, and what is there.
async fn names(connection: &mut PgConnection, noticed: &mut Vec<Diagnostic>) -> Option<Names> {
    let paths = rows(connection, "settings", include_str!("sql/fact_paths.sql"), noticed).await?;
    let schemas = rows(connection, "names", include_str!("sql/fact_names.sql"), noticed).await?;
    let bodies = rows(connection, "routines", include_str!("sql/fact_bodies.sql"), noticed).await?;
    let paths = paths.iter().map(|row| path(&text(row, "path")));
    let schemas = schemas.iter().map(|row| {
        let names = list(&text(row, "names"), '\n').into_iter().collect();
        (Name::from(text(row, "schema")), names)
    });
    let bodies = bodies
        .iter()
        .map(|row| (QName::new(text(row, "schema"), text(row, "name")), text(row, "body")));
    Some(Names {
        paths: paths.collect(),
        schemas: schemas.collect(),
        unpinned: bodies.collect(),
    })
}

/// The schemas of a `search_path`, without the one that is called as the user is.
fn path(text: &str) -> Vec<Name> {
    let parts = text
        .split(',')
        .map(|part| part.trim().trim_matches('"').replace("\"\"", "\""));
    parts
        .filter(|part| !part.is_empty() && part != "$user")
        .map(Name::from)
        .collect()
}

async fn rows(
    connection: &mut PgConnection,
    what: &str,
    sql: &'static str,
    noticed: &mut Vec<Diagnostic>,
) -> Option<Vec<PgRow>> {
    match sqlx::raw_sql(sql).fetch_all(connection).await {
        Ok(rows) => Some(rows),
        Err(error) => {
            noticed.push(Diagnostic::gap(what, super::REFUSED).with_hint(format!("the server says: {error}")));
            None
        }
    }
}

fn queue(row: &PgRow) -> Queue {
    Queue {
        table: text(row, "name").into(),
        row_security: row.try_get("row_security").unwrap_or(false),
        readers: list(&text(row, "readers"), '\n'),
    }
}

fn extension(row: &PgRow) -> OutdatedExtension {
    OutdatedExtension {
        name: text(row, "name").into(),
        installed: text(row, "installed").into(),
        offered: text(row, "offered").into(),
    }
}

fn text(row: &PgRow, column: &str) -> String {
    row.try_get(column).unwrap_or_default()
}

fn list(text: &str, separator: char) -> Vec<Name> {
    let parts = text.split(separator).map(str::trim).filter(|part| !part.is_empty());
    parts.map(Name::from).collect()
}

//! Migrations as a user runs them: each layout, together with other tools, and through every interruption.

pub(crate) mod faults;
mod fleet;
mod interop;
mod layouts;
mod locks;
mod pooler;
mod secrets;
mod steps;

use std::process::Command;
use std::time::{Duration, Instant};

use pgkeel::scratch::Scratch;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _};

use crate::support::command::{Folder, Ran};
use crate::support::servers::pg_dump;
use crate::support::toolchain;

/// How long anything may take on a slow machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// Runs `pgkeel migrate` with `words` on a database.
fn migrate(folder: &Folder, url: &str, words: &[&str]) -> Ran {
    let words: Vec<&str> = ["migrate"].into_iter().chain(words.iter().copied()).collect();
    folder.run_with(&words, &[("DATABASE_URL", url)])
}

/// Connects to a database.
async fn connect(url: &str) -> PgConnection {
    PgConnection::connect(url).await.unwrap()
}

/// Runs SQL.
async fn execute(conn: &mut PgConnection, sql: &str) {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(conn).await.unwrap();
}

/// What a query gives: rows as lines, columns of text joined by `|`.
async fn rows(conn: &mut PgConnection, sql: &str) -> String {
    let rows = sqlx::raw_sql(AssertSqlSafe(sql)).fetch_all(conn).await.unwrap();
    let line = |row: &sqlx::postgres::PgRow| {
        let columns = (0..row.len()).map(|column| row.get_unchecked::<Option<String>, _>(column).unwrap_or_default());
        columns.collect::<Vec<_>>().join("|")
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Copies the database, to which nothing else may be connected, under other names.
async fn copies(scratch: &Scratch, names: &[&str]) {
    let mut conn = scratch.connect().await.unwrap();
    for name in names {
        execute(&mut conn, &format!("create database {name} template postgres")).await;
    }
    conn.close().await.unwrap();
}

/// The URL of a database of the server.
fn url_of(scratch: &Scratch, name: &str) -> String {
    let url = scratch.url();
    let separator = if url.contains('?') { '&' } else { '?' };
    format!("{url}{separator}dbname={name}")
}

/// All that `pg_dump` says of a database's schema, and the rows of each table by number and content.
async fn state(url: &str) -> String {
    let options: sqlx::postgres::PgConnectOptions = url.parse().unwrap();
    let host = options
        .get_socket()
        .map_or(options.get_host().to_owned(), |socket| socket.display().to_string());
    let dumped = toolchain::run(
        Command::new(pg_dump())
            .args([
                "--schema-only",
                "--host",
                &host,
                "--port",
                &options.get_port().to_string(),
            ])
            .args([
                "--username",
                options.get_username(),
                "--dbname",
                options.get_database().unwrap(),
            ]),
    );
    let dumped = dumped.unwrap();
    let kept = dumped
        .lines()
        .filter(|line| !line.starts_with("\\restrict") && !line.starts_with("\\unrestrict"));
    let mut text = kept.collect::<Vec<_>>().join("\n");
    let mut conn = connect(url).await;
    let counts = rows(
        &mut conn,
        "select format('%I.%I', n.nspname, c.relname) as name,
                (xpath('/row/n/text()', query_to_xml(format(
                   'select count(*) || '' '' || coalesce(sum(hashtext(t::text)), 0) as n from %I.%I as t',
                   n.nspname, c.relname), true, true, '')))[1]::text
         from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
         where c.relkind = 'r' and n.nspname !~ '^(pg_|information_schema|pgkeel|supabase_migrations)'
               and c.relname <> '_sqlx_migrations'
         order by 1",
    )
    .await;
    text.push_str(&counts);
    text
}

/// Tries `attempt` until it gives something.
#[track_caller]
fn soon<T>(what: &str, mut attempt: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = attempt() {
            return found;
        }
        assert!(Instant::now() < deadline, "not within {PATIENCE:?}: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Asks until a query gives `true`.
async fn wait_for(conn: &mut PgConnection, sql: &str) {
    let deadline = Instant::now() + PATIENCE;
    while rows(conn, sql).await != "t" {
        assert!(Instant::now() < deadline, "not within {PATIENCE:?}: {sql}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

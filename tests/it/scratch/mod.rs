//! Scratch servers and replay, against real servers.

mod corpus;
#[cfg(feature = "embedded")]
mod fetched;
mod lifetime;
mod replay;
mod shadow;
mod supabase;

use std::os::unix::fs::PermissionsExt;

use pgkeel::diagnostic::Diagnostic;
use pgkeel::scratch::{self, Options, Scratch, SqlFile};
use pgkeel::{Error, Result};
use sqlx::Connection;

use crate::support::database::every_server;

/// A script by the name of `a.sql`.
fn file(text: &str) -> SqlFile {
    SqlFile {
        path: "a.sql".into(),
        text: text.to_owned(),
    }
}

async fn start() -> Scratch {
    scratch::start(&Options::default()).await.unwrap()
}

/// Replays one script.
async fn replay(scratch: &Scratch, text: &str) -> Result<Vec<Diagnostic>> {
    let mut conn = scratch.connect().await?;
    scratch::replay(&mut conn, &[file(text)]).await
}

/// The error of a script that has to fail.
async fn replay_error(scratch: &Scratch, text: &str) -> Error {
    replay(scratch, text).await.unwrap_err()
}

/// The one value of a query, as text.
async fn value(scratch: &Scratch, query: &'static str) -> String {
    let mut conn = scratch.connect().await.unwrap();
    let value: Option<String> = sqlx::query_scalar(query).fetch_one(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    value.unwrap_or_default()
}

#[tokio::test]
async fn every_major_starts_on_a_private_socket() {
    for options in every_server() {
        let scratch = scratch::start(&options).await.unwrap();
        let major = options.pg_bin.as_ref().map(|_| scratch.version() / 10_000);
        assert!(
            scratch
                .describe()
                .contains(&format!("PostgreSQL {}", scratch.version() / 10_000)),
            "{major:?}"
        );
        assert!(scratch.describe().contains("/bin"), "{}", scratch.describe());
        assert_eq!(scratch.notes(), []);
        assert_eq!(value(&scratch, "SHOW listen_addresses").await, "");
        assert_eq!(value(&scratch, "SHOW fsync").await, "off");
        assert_eq!(value(&scratch, "SELECT count(*)::text FROM pg_database").await, "1");
        let directory = scratch.connect_options().get_socket().unwrap();
        assert_eq!(directory.metadata().unwrap().permissions().mode() & 0o777, 0o700);
        assert!(directory.join(".s.PGSQL.5432").as_os_str().len() < 104);
        scratch.close().await.unwrap();
    }
}

#[tokio::test]
async fn the_url_serves_other_clients() {
    let scratch = start().await;
    assert!(
        scratch.url().starts_with("postgres://postgres@%2F"),
        "{}",
        scratch.url()
    );
    let mut conn = sqlx::PgConnection::connect(&scratch.url()).await.unwrap();
    let user: String = sqlx::query_scalar("SELECT current_user::text")
        .fetch_one(&mut conn)
        .await
        .unwrap();
    assert_eq!(user, "postgres");
}

#[tokio::test]
async fn another_database_shares_nothing() {
    let scratch = start().await;
    replay(&scratch, "CREATE ROLE web; CREATE TABLE t ()").await.unwrap();
    let other = scratch.database("other").await.unwrap();
    replay(&other, "CREATE ROLE web; CREATE TABLE t ()").await.unwrap();
    other.close().await.unwrap();
    assert_eq!(value(&scratch, "SELECT to_regclass('t')::text").await, "t");
}

#[tokio::test]
async fn an_unfit_directory_of_programs_is_named() {
    let options = Options {
        pg_bin: Some("/nowhere/bin".into()),
        ..Options::default()
    };
    let error = scratch::start(&options).await.err().unwrap();
    assert_eq!(
        error.to_string(),
        "no postgres and initdb in /nowhere/bin, which the given directory names"
    );
    assert!(error.hint().is_some());
}

#[tokio::test]
async fn another_major_than_the_wanted_one_is_noted() {
    let options = Options {
        major: Some(12),
        ..Options::default()
    };
    let scratch = scratch::start(&options).await.unwrap();
    let [note] = scratch.notes() else {
        panic!("{:?}", scratch.notes())
    };
    assert!(note.message.contains("PostgreSQL 12 was asked for"), "{note:?}");
}

#[tokio::test]
async fn a_server_that_does_not_start_tells_why() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::set_permissions(directory.path(), PermissionsExt::from_mode(0o755)).unwrap();
    for (program, script) in [
        ("postgres", "#!/bin/sh\necho 'postgres (PostgreSQL) 15.4'"),
        ("initdb", "#!/bin/sh\necho 'no room on the device' >&2; exit 1"),
    ] {
        let path = directory.path().join(program);
        std::fs::write(&path, script).unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
    }
    let options = Options {
        pg_bin: Some(directory.path().to_owned()),
        ..Options::default()
    };
    let error = scratch::start(&options).await.err().unwrap();
    assert!(error.to_string().ends_with("initdb failed"), "{error:?}");
    assert_eq!(error.detail(), Some("no room on the device"));
}

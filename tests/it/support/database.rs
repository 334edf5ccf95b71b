//! Databases that tests have to themselves.

use std::path::Path;
use std::process::Command;

use pgkeel::scratch::{self, Options, Platform, Scratch, SqlFile};

use super::servers::{installable_majors, pg_bin, psql};
use super::toolchain::run;

/// A database with `sql` in it, on a server of its own that goes when this is dropped.
pub(crate) async fn database(sql: &str) -> Scratch {
    database_on(&Options::default(), sql).await
}

/// As [`database`], on the server that `options` asks for.
pub(crate) async fn database_on(options: &Options, sql: &str) -> Scratch {
    let scratch = scratch::start(options).await.unwrap();
    let file = SqlFile {
        path: "test.sql".into(),
        text: sql.to_owned(),
    };
    scratch::replay(&mut scratch.connect().await.unwrap(), &[file])
        .await
        .unwrap();
    scratch
}

/// How programs find the database: `DATABASE_URL`, and libpq's variables for clients that cannot read a socket in a URL.
pub(crate) fn environment(scratch: &Scratch) -> [(&'static str, String); 5] {
    let options = scratch.connect_options();
    let host = options
        .get_socket()
        .map_or(options.get_host().to_owned(), |socket| socket.display().to_string());
    [
        ("DATABASE_URL", scratch.url()),
        ("PGHOST", host),
        ("PGPORT", options.get_port().to_string()),
        ("PGUSER", options.get_username().to_owned()),
        ("PGDATABASE", options.get_database().unwrap().to_owned()),
    ]
}

/// What asks for a server of each major, or for the local one where no others can be installed.
pub(crate) fn every_server() -> Vec<Options> {
    let majors = installable_majors();
    if majors.is_empty() {
        return vec![Options::default()];
    }
    majors
        .iter()
        .map(|&major| Options {
            pg_bin: Some(pg_bin(major)),
            ..Options::default()
        })
        .collect()
}

/// A database with what loads of an SQL file of somebody else's, as psql does it without `ON_ERROR_STOP`: extensions may
/// be missing here. A file called `sb_…` gets the Supabase platform.
pub(crate) async fn database_from(path: &Path) -> Scratch {
    let is_supabase = path
        .file_name()
        .is_some_and(|name| name.as_encoded_bytes().starts_with(b"sb_"));
    let platform = if is_supabase {
        Platform::Supabase
    } else {
        Platform::None
    };
    let scratch = scratch::start(&Options {
        platform,
        ..Options::default()
    })
    .await
    .unwrap();
    let mut psql = Command::new(psql());
    psql.args(["--no-psqlrc", "--quiet", "--dbname", &scratch.url(), "--file"])
        .arg(path)
        .env("PGOPTIONS", "-c client_min_messages=error");
    run(&mut psql).unwrap();
    scratch
}

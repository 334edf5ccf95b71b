//! The example project: its migrations replay on every server that Supabase has had.

use std::path::{Path, PathBuf};

use pgkeel::scratch::{self, Options, Platform};

use crate::support::database::every_server;

/// The oldest major that the example's migrations run on.
const OLDEST: u32 = 15;

#[tokio::test]
async fn the_migrations_replay() {
    let files = scratch::sql_files(&folder()).unwrap();
    assert!(!files.is_empty());
    for options in every_server() {
        let server = scratch::start(&Options {
            platform: Platform::Supabase,
            ..options
        })
        .await
        .unwrap();
        if server.version() / 10_000 < OLDEST {
            continue;
        }
        let notes = scratch::replay(&mut server.connect().await.unwrap(), &files)
            .await
            .unwrap();
        assert_eq!(notes, [], "{}", server.describe());
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations-example")
}

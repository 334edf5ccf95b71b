//! Other people's schemas, replayed.

use pgkeel::scratch::{self, Options, Platform};

use crate::support::corpus::schemas;

#[tokio::test]
async fn other_peoples_schemas_replay_whole() {
    for path in schemas() {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let platform = if name.starts_with("sb_") {
            Platform::Supabase
        } else {
            Platform::None
        };
        let options = Options {
            platform,
            stub_extensions: vec!["postgis".to_owned()],
            ..Options::default()
        };
        let scratch = scratch::start(&options).await.unwrap();
        let files = scratch::sql_files(&path).unwrap();
        let replayed = scratch::replay(&mut scratch.connect().await.unwrap(), &files).await;
        let message = replayed.err().map(|error| error.to_string());
        let expected = match name.as_str() {
            // A function of 18, and libraries of the regression tests.
            "pagila.sql" if scratch.version() < 180_000 => Some("function uuidv7() does not exist"),
            "regression.sql" => Some("could not access file"),
            _ => None,
        };
        match (message, expected) {
            (None, None) => {}
            (Some(message), Some(expected)) if message.contains(expected) => {}
            (message, _) => panic!("{name}: {message:?}"),
        }
        scratch.close().await.unwrap();
    }
}

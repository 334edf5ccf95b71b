//! Other people's schemas, which are not part of the project.

use std::path::PathBuf;

/// The SQL files below `$PGKEEL_CORPUS/schemas`, sorted. Where the variable is not set there are none, and one line
/// says so: it is the one thing that a test may go without.
pub(crate) fn schemas() -> Vec<PathBuf> {
    let Some(corpus) = std::env::var_os("PGKEEL_CORPUS") else {
        println!("PGKEEL_CORPUS is not set: other people's schemas are not tested");
        return Vec::new();
    };
    let folder = PathBuf::from(corpus).join("schemas");
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files = entries.map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
    files.retain(|path| path.extension().is_some_and(|ending| ending == "sql"));
    files.sort();
    assert!(!files.is_empty(), "{} holds no SQL files", folder.display());
    files
}

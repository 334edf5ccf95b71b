//! Pairs of schemas with traps in them, each turned into the other by the real binary, with its proof.

use std::path::Path;

use pgkeel::scratch::{Options, Scratch};

use super::{apply, dump, same, servers};
use crate::support::command::Folder;
use crate::support::database::database_on;

macro_rules! pairs {
    ($($name:ident)*) => {
        $(
            #[tokio::test]
            async fn $name() {
                both_ways(stringify!($name)).await;
            }
        )*

        #[test]
        fn every_pair_is_tried() {
            let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/diff/pairs");
            let mut found = std::fs::read_dir(dir)
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect::<Vec<_>>();
            found.sort();
            assert_eq!(found, [$(stringify!($name)),*]);
        }
    };
}

pairs! {
    access
    composites
    cycles
    default_classes
    defaults
    domains
    enums
    extensions
    families
    foreign
    functions
    heirs
    inheritance
    joining
    labels
    logging
    loops
    moved
    operators
    partition_keys
    partition_moves
    partitions
    ranges
    removals
    replication
    row_types
    search
    sequences
    typed
    views
}

async fn both_ways(pair: &str) {
    for server in servers() {
        let [a, b, fresh] = [
            side(&server, pair, "a").await,
            side(&server, pair, "b").await,
            side(&server, pair, "a").await,
        ];
        turn_into(&server, &format!("{pair}-there"), &a, &b, &[]).await;
        turn_into(&server, &format!("{pair}-back"), &b, &fresh, &[]).await;
    }
}

async fn side(server: &Options, pair: &str, side: &str) -> Scratch {
    let path = format!("tests/it/diff/pairs/{pair}/{side}.sql");
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
    database_on(server, &text).await
}

/// Turns a database into another, and checks that it has become that and that nothing is left to do.
pub(super) async fn turn_into(server: &Options, name: &str, from: &Scratch, to: &Scratch, words: &[&str]) {
    let major = from.version() / 10_000;
    let folder = Folder::new(&format!("diff-{name}-{major}"));
    let programs = server.pg_bin.as_ref().map(|dir| dir.to_str().unwrap());
    let programs = programs
        .map(|dir| ("PGKEEL_PG_BIN", dir))
        .into_iter()
        .collect::<Vec<_>>();
    let (old, new) = (from.url(), to.url());
    let arguments = [&["diff", "--from", &old, "--to", &new], words].concat();
    let wanted = dump(to).unwrap();

    let ran = folder.run_with(&arguments, &programs);
    assert_eq!(ran.code, 1, "{name} on PostgreSQL {major}:\n{}", ran.stderr);
    apply(from, &ran.stdout).unwrap_or_else(|error| panic!("{name} on PostgreSQL {major}: {error}\n{}", ran.stdout));
    if let Err(difference) = same(from, to, &wanted).await {
        panic!("{name} on PostgreSQL {major}: {difference}\n\n{}", ran.stdout);
    }
    let again = folder.run_with(&arguments, &programs);
    assert_eq!(
        (again.code, again.stdout.as_str()),
        (0, ""),
        "{name} on PostgreSQL {major}:\n{}",
        again.stderr
    );
}

//! A whole schema in each style, for a person to read and `tsc` to check.

use std::path::Path;

use pgkeel::config::Layout;
use pgkeel::config::typescript::{Typescript, TypescriptStyle, Validators};

use super::files;
use super::wire::api;
use crate::support::database::database;
use crate::support::toolchain::tsc;

/// Compares what is generated with `tests/golden/library`; `PGKEEL_BLESS=1` writes it there.
#[tokio::test]
async fn the_library_is_as_it_was_approved() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/library");
    let schema = std::fs::read_to_string(folder.join("schema.sql")).unwrap();
    let api = api(&database(&schema).await).await;
    let mut all = Vec::new();
    for (name, style, validators) in [
        ("types", TypescriptStyle::Supabase, None),
        ("types.interfaces", TypescriptStyle::Interfaces, Some(Validators::Zod)),
        ("types.kysely", TypescriptStyle::Kysely, None),
    ] {
        let options = Typescript {
            style,
            validators,
            ..Typescript::default()
        };
        let contents = files(&api, name, Layout::Single, options).remove(0).1;
        let path = folder.join(format!("{name}.ts"));
        if std::env::var_os("PGKEEL_BLESS").is_some() {
            std::fs::write(&path, &contents).unwrap();
        }
        let approved = std::fs::read_to_string(&path).unwrap();
        assert_eq!(
            contents, approved,
            "{name}.ts: PGKEEL_BLESS=1 approves what is generated now"
        );
        all.push((format!("{name}.ts"), approved));
    }
    tsc("typescript-golden", &all).unwrap();
}

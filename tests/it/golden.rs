//! A whole schema in every language, for a person to read and the language's compiler to check.

use std::path::Path;

use pgkeel::catalog::scope::Scope;
use pgkeel::codegen;
use pgkeel::config::typescript::{Typescript, TypescriptStyle, Validators};
use pgkeel::config::{Config, Generate, Lang, Language};
use pgkeel::introspect::{self, Depth};
use serde_json::json;

use crate::python;
use crate::support::database::database;
use crate::support::toolchain::{cargo_check, clippy_and_rustfmt, mypy, tsc};

/// Compares what is generated with `tests/golden/library`; `PGKEEL_BLESS=1` writes it there.
#[tokio::test]
async fn the_library_is_as_it_was_approved() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/library");
    let files = generated(&std::fs::read_to_string(folder.join("schema.sql")).unwrap()).await;
    for (name, contents) in &files {
        let path = folder.join(name);
        if std::env::var_os("PGKEEL_BLESS").is_some() {
            std::fs::write(&path, contents).unwrap();
        }
        let approved = std::fs::read_to_string(&path).unwrap();
        assert!(
            *contents == approved,
            "{name} is not as approved: PGKEEL_BLESS=1 approves what is generated now"
        );
    }
    let (typescript, others): (Vec<_>, _) = files.into_iter().partition(|(name, _)| name.ends_with(".ts"));
    let (rust, python): (Vec<_>, Vec<_>) = others.into_iter().partition(|(name, _)| name.ends_with(".rs"));
    assert_eq!((typescript.len(), rust.len(), python.len()), (3, 1, 1));
    tsc("typescript-golden", &typescript).unwrap();
    let lib = "#![warn(clippy::all, clippy::nursery, clippy::pedantic)]\n\npub mod types;\n";
    let lib = ("lib.rs".to_owned(), lib.to_owned());
    let rust = [rust, vec![lib]].concat();
    cargo_check("rust-golden", &rust, &[]).unwrap();
    clippy_and_rustfmt("rust-golden", &rust).unwrap();
    // The library of that name must stay in sight.
    let python = vec![("library.py".to_owned(), python[0].1.clone())];
    mypy("python-golden-mypy", &python).unwrap();
    let way = json!({ "name": "library", "style": "pydantic", "schemas": [] });
    assert_eq!(
        python::check("python-golden", &python, &[way]),
        "1 ways, 0 unsatisfied\n"
    );
}

/// The files of every language in its default style, and of the other styles of TypeScript.
async fn generated(schema: &str) -> Vec<(String, String)> {
    let scratch = database(schema).await;
    let mut connection = scratch.connect().await.unwrap();
    let scope = Scope::default();
    let (catalog, _) = introspect::read(&mut connection, &scope, Depth::Types).await.unwrap();
    let typescript = |style, validators| {
        let options = Typescript {
            style,
            validators,
            ..Typescript::default()
        };
        Generate::from(Language::Typescript(options))
    };
    let entries = [
        ("types.ts", Generate::new(Lang::Typescript)),
        (
            "types.interfaces.ts",
            typescript(TypescriptStyle::Interfaces, Some(Validators::Zod)),
        ),
        ("types.kysely.ts", typescript(TypescriptStyle::Kysely, None)),
        ("types.rs", Generate::new(Lang::Rust)),
        ("types.py", Generate::new(Lang::Python)),
    ];
    let generate = entries.map(|(name, entry)| Generate {
        out: name.into(),
        ..entry
    });
    let config = Config {
        generate: generate.into(),
        ..Config::default()
    };
    let files = codegen::generate(&catalog, &config, &scope).unwrap().files;
    let files = files.into_iter();
    files
        .map(|file| (file.path.display().to_string(), file.contents))
        .collect()
}

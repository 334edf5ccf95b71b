//! Values of every type, read and written by real clients, against the generated types.

use pgkeel::catalog::scope::Scope;
use pgkeel::codegen::lower::lower;
use pgkeel::codegen::model::Api;
use pgkeel::config::typescript::{Typescript, TypescriptStyle, Validators, Wire};
use pgkeel::config::{Config, Layout};
use pgkeel::introspect::{self, Depth};
use pgkeel::scratch::Scratch;

use super::files;
use crate::support::corpus;
use crate::support::database::{database, database_from, environment};
use crate::support::toolchain::{node, tsc};

/// The schema of a database as an application sees it.
pub(super) async fn api(scratch: &Scratch) -> Api {
    let mut connection = scratch.connect().await.unwrap();
    let scope = Scope::default();
    let (catalog, _) = introspect::read(&mut connection, &scope, Depth::Types).await.unwrap();
    lower(&catalog, &Config::default(), &scope).0
}

#[tokio::test]
async fn no_value_contradicts_its_type() {
    let scratch = database(include_str!("wire.sql")).await;
    let api = api(&scratch).await;
    let ways = [
        ("node", TypescriptStyle::Interfaces, Wire::NodePostgres, false),
        ("special-node", TypescriptStyle::Interfaces, Wire::NodePostgres, true),
        ("postgres-js", TypescriptStyle::Interfaces, Wire::PostgresJs, false),
        ("rest", TypescriptStyle::Supabase, Wire::Postgrest, false),
        ("special-rest", TypescriptStyle::Supabase, Wire::Postgrest, true),
    ];
    let mut all = vec![("main.ts".to_owned(), include_str!("wire.ts").to_owned())];
    for (name, style, wire, special_values) in ways {
        let options = Typescript {
            style,
            wire: Some(wire),
            special_values,
            validators: Some(Validators::Zod),
            ..Typescript::default()
        };
        all.extend(files(&api, name, Layout::Single, options));
    }
    let printed = node("typescript-wire", &all, "main", &environment(&scratch)).unwrap();
    assert_eq!(printed, "{\"node\":17,\"driver\":14,\"rest\":17}\n");
}

#[tokio::test]
async fn other_people_s_schemas_compile_in_every_style() {
    let mut all = Vec::new();
    for path in corpus::schemas() {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let api = api(&database_from(&path).await).await;
        assert!(!api.relations.is_empty(), "{name}");
        for (way, options) in super::every_way() {
            all.extend(files(&api, &format!("{name}/{way}"), Layout::Single, options));
        }
    }
    if !all.is_empty() {
        tsc("typescript-corpus", &all).unwrap();
    }
}

//! Generated TypeScript, judged by `tsc --strict`, by the real clients, and by what they read from PostgreSQL.

mod sample;
mod wire;

use pgkeel::codegen::model::Api;
use pgkeel::codegen::typescript::generate;
use pgkeel::config::typescript::{Arrays, FieldCase, Typescript, TypescriptEnums, TypescriptStyle, Validators, Wire};
use pgkeel::config::{Generate, Language, Layout};

use crate::support::toolchain::{node, tsc};

/// The files of one way to generate, in a folder of that name.
fn files(api: &Api, folder: &str, layout: Layout, options: Typescript) -> Vec<(String, String)> {
    let mut entry = Generate::from(Language::Typescript(options.clone()));
    entry.layout = layout;
    entry.out = match layout {
        Layout::Single => format!("{folder}/types.ts").into(),
        Layout::PerSchema => folder.into(),
    };
    let files = generate(api, &entry, &options).files;
    files
        .into_iter()
        .map(|file| (file.path.display().to_string(), file.contents))
        .collect()
}

/// Every way that options can be put together and that makes a difference, by name.
fn every_way() -> Vec<(String, Typescript)> {
    let mut ways = Vec::new();
    let styles = [
        ("supabase", TypescriptStyle::Supabase, Wire::Postgrest),
        ("interfaces-rest", TypescriptStyle::Interfaces, Wire::Postgrest),
        ("interfaces-node", TypescriptStyle::Interfaces, Wire::NodePostgres),
        ("interfaces-js", TypescriptStyle::Interfaces, Wire::PostgresJs),
        ("kysely", TypescriptStyle::Kysely, Wire::NodePostgres),
    ];
    for (name, style, wire) in styles {
        let plain = Typescript {
            style,
            wire: Some(wire),
            ..Typescript::default()
        };
        ways.push((name.to_owned(), plain.clone()));
        let rich = Typescript {
            validators: Some(Validators::Zod),
            branded_ids: true,
            special_values: true,
            arrays: Arrays::Nullable,
            enums: TypescriptEnums::Const,
            case: match style {
                TypescriptStyle::Supabase => FieldCase::Preserve,
                _ => FieldCase::Camel,
            },
            ..plain.clone()
        };
        ways.push((format!("{name}-rich"), rich));
        let zod = Typescript {
            validators: Some(Validators::Zod),
            constants: false,
            arrays: Arrays::Exact,
            ..plain
        };
        ways.push((format!("{name}-zod"), zod));
    }
    ways
}

#[test]
fn every_style_compiles_whatever_things_are_called() {
    let api = sample::api();
    let mut all = Vec::new();
    for (name, options) in every_way() {
        all.extend(files(&api, &name, Layout::Single, options.clone()));
        all.extend(files(
            &api,
            &format!("{name}-split"),
            Layout::PerSchema,
            options.clone(),
        ));
        all.extend(files(
            &Api::default(),
            &format!("{name}-empty"),
            Layout::Single,
            options.clone(),
        ));
        all.extend(files(
            &Api::default(),
            &format!("{name}-split-empty"),
            Layout::PerSchema,
            options,
        ));
    }
    tsc("typescript-styles", &all).unwrap();
}

/// Every way of the sample, with a program beside it.
fn with_program(name: &str, program: &str) -> Vec<(String, String)> {
    let api = sample::api();
    let ways = every_way().into_iter();
    let mut all: Vec<_> = ways
        .flat_map(|(way, options)| files(&api, &way, Layout::Single, options))
        .collect();
    all.push((format!("{name}.ts"), program.to_owned()));
    all
}

#[test]
fn supabase_js_infers_from_the_types() {
    tsc(
        "typescript-supabase",
        &with_program("supabase", include_str!("supabase.ts")),
    )
    .unwrap();
}

#[test]
fn drivers_kysely_and_zod_take_the_types() {
    let files = with_program("drivers", include_str!("drivers.ts"));
    assert_eq!(node("typescript-drivers", &files, "drivers", &[]).unwrap(), "good\n");
}

//! Generated JSON Schema and OpenAPI, judged by their own validators and by what PostgreSQL makes of rows.

use pgkeel::catalog::scope::Scope;
use pgkeel::codegen::json_schema::generate;
use pgkeel::codegen::lower::lower;
use pgkeel::codegen::model::Api;
use pgkeel::config::json_schema::{JsonSchema, JsonSchemaStyle};
use pgkeel::config::{Config, Generate, Language, Layout};
use pgkeel::introspect::{self, Depth};
use pgkeel::scratch::Scratch;

use crate::support::corpus;
use crate::support::database::{database, database_from, environment};
use crate::support::toolchain::python;

/// The schema of a database as an application sees it.
async fn api(scratch: &Scratch) -> Api {
    let mut connection = scratch.connect().await.unwrap();
    let scope = Scope::default();
    let (catalog, _) = introspect::read(&mut connection, &scope, Depth::Types).await.unwrap();
    lower(&catalog, &Config::default(), &scope).0
}

/// The documents of every style and layout, below a folder of that name.
fn documents(api: &Api, folder: &str) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for style in [JsonSchemaStyle::JsonSchema, JsonSchemaStyle::Openapi] {
        for layout in [Layout::Single, Layout::PerSchema] {
            let options = JsonSchema {
                style,
                ..JsonSchema::default()
            };
            let mut entry = Generate::from(Language::JsonSchema(options.clone()));
            entry.layout = layout;
            entry.partitions = layout == Layout::PerSchema;
            entry.out = match layout {
                Layout::Single => format!("{folder}/{}/single/all.json", style.name()).into(),
                Layout::PerSchema => format!("{folder}/{}/split", style.name()).into(),
            };
            let files = generate(api, &entry, &options).unwrap().files;
            all.extend(
                files
                    .into_iter()
                    .map(|file| (file.path.display().to_string(), file.contents)),
            );
        }
    }
    all
}

fn check(project: &str, mut files: Vec<(String, String)>, env: &[(&str, String)]) -> String {
    files.push(("check.py".to_owned(), include_str!("json_schema/check.py").to_owned()));
    python(project, &files, "check.py", env).unwrap_or_else(|error| panic!("{error}"))
}

#[tokio::test]
async fn documents_are_sound_and_rows_are_what_they_say() {
    let scratch = database(include_str!("typescript/wire.sql")).await;
    let mut files = documents(&api(&scratch).await, "rows");
    let hostile = database(include_str!("python/sample.sql")).await;
    files.extend(documents(&api(&hostile).await, "hostile"));
    files.extend(documents(&Api::default(), "empty"));
    let printed = check("json-schema", files, &environment(&scratch));
    assert_eq!(printed, "");
}

#[tokio::test]
async fn documents_of_other_people_s_schemas_are_sound() {
    let mut files = Vec::new();
    for path in corpus::schemas() {
        let schema = path.file_stem().unwrap().to_string_lossy().into_owned();
        files.extend(documents(&api(&database_from(&path).await).await, &schema));
    }
    if !files.is_empty() {
        check("json-schema-corpus", files, &[]);
    }
}

//! Generated Python, judged by `mypy --strict` and by running it.

use pgkeel::catalog::scope::Scope;
use pgkeel::codegen::lower::lower;
use pgkeel::codegen::model::Api;
use pgkeel::codegen::python::generate;
use pgkeel::config::python::{Python, PythonCase, PythonEnums, PythonStyle, PythonVersion, PythonWire};
use pgkeel::config::{Config, Generate, Language, Layout, load};
use pgkeel::introspect::{self, Depth};
use pgkeel::scratch::Scratch;
use serde_json::{Value, json};

use crate::support::corpus;
use crate::support::database::{database, database_from, environment};
use crate::support::toolchain::{mypy, python};

type Files = Vec<(String, String)>;

/// The schema of a database as an application sees it.
async fn api(scratch: &Scratch, config: &Config) -> Api {
    let mut connection = scratch.connect().await.unwrap();
    let scope = Scope::default();
    let (catalog, _) = introspect::read(&mut connection, &scope, Depth::Types).await.unwrap();
    lower(&catalog, config, &scope).0
}

/// The schema of `sample.sql`, with the overrides of `pgkeel.toml`.
async fn sample() -> Api {
    let config = load::parse(include_str!("python/pgkeel.toml"), "pgkeel.toml".as_ref()).unwrap();
    api(&database(include_str!("python/sample.sql")).await, &config).await
}

/// The module or package `name`.
fn files(api: &Api, name: &str, layout: Layout, options: &Python) -> Files {
    let mut entry = Generate::from(Language::Python(options.clone()));
    entry.layout = layout;
    entry.header = (options.case == PythonCase::Preserve).then(|| "# ruff: noqa".to_owned());
    entry.partitions = options.case == PythonCase::Preserve;
    entry.out = match layout {
        Layout::Single => format!("{name}.py").into(),
        Layout::PerSchema => name.into(),
    };
    let files = generate(api, &entry, options).files;
    files
        .into_iter()
        .map(|file| (file.path.display().to_string(), file.contents))
        .collect()
}

/// Every way that options can be put together and that makes a difference, by name.
fn every_way() -> Vec<(String, Python)> {
    let styles = [
        PythonStyle::Pydantic,
        PythonStyle::Sqlalchemy,
        PythonStyle::Typeddict,
        PythonStyle::Dataclass,
    ];
    let mut ways = Vec::new();
    for style in styles {
        // Not the style's name alone, which would hide the library.
        let name = format!("as_{}", style.name());
        let plain = Python {
            style,
            ..Python::default()
        };
        let base = match style {
            PythonStyle::Pydantic => Some("shapes:Model".to_owned()),
            PythonStyle::Sqlalchemy => Some("shapes:Base".to_owned()),
            _ => None,
        };
        let rich = Python {
            enums: PythonEnums::Literal,
            version: PythonVersion { minor: 12 },
            case: PythonCase::Preserve,
            base,
            ..plain.clone()
        };
        ways.push((name.clone(), plain.clone()));
        ways.push((format!("{name}_rich"), rich));
        for (suffix, wire) in [("rest", PythonWire::Postgrest), ("asyncpg", PythonWire::Asyncpg)] {
            if style != PythonStyle::Sqlalchemy || wire != PythonWire::Postgrest {
                ways.push((format!("{name}_{suffix}"), Python { wire, ..plain.clone() }));
            }
        }
    }
    ways
}

/// What `check.py` is to check of a way.
fn task(name: &str, options: &Python, schemas: &[String]) -> Value {
    json!({ "name": name, "style": options.style.name(), "schemas": schemas })
}

/// Every comment of the schema that a style has a place for.
fn comments(api: &Api, style: PythonStyle) -> Vec<&str> {
    let is_sqlalchemy = style == PythonStyle::Sqlalchemy;
    let of_types = api.domains.iter().map(|row| &row.named.comment);
    let of_types = of_types.chain(api.functions.iter().map(|row| &row.named.comment));
    let of_composites = api.composites.iter().flat_map(|row| {
        let fields = row.fields.iter().map(|field| &field.comment);
        fields.chain([&row.named.comment])
    });
    let of_relations = api.relations.iter().flat_map(|row| {
        let columns = row.columns.iter().map(|column| &column.comment);
        columns.chain([&row.named.comment])
    });
    of_types
        .chain(of_composites)
        .filter(|_| !is_sqlalchemy)
        .chain(of_relations)
        .chain(api.enums.iter().map(|row| &row.named.comment))
        .filter_map(|comment| comment.as_deref())
        .collect()
}

/// Runs `check.py` over the files.
pub(crate) fn check(project: &str, files: &[(String, String)], ways: &[Value]) -> String {
    let mut all = files.to_vec();
    all.push(("check.py".to_owned(), include_str!("python/check.py").to_owned()));
    all.push(("ways.json".to_owned(), json!(ways).to_string()));
    python(project, &all, "check.py", &[]).unwrap_or_else(|error| panic!("{error}"))
}

#[tokio::test]
async fn every_style_is_strictly_typed_and_runs_whatever_things_are_called() {
    let api = sample().await;
    let schemas: Vec<String> = api.schemas.iter().map(|schema| schema.name.to_string()).collect();
    let mut all = vec![("shapes.py".to_owned(), include_str!("python/shapes.py").to_owned())];
    let mut ways = Vec::new();
    for (name, options) in every_way() {
        all.extend(files(&api, &name, Layout::Single, &options));
        let mut way = task(&name, &options, &[]);
        // A dictionary's keys that are no identifiers have no place for a docstring.
        if options.style != PythonStyle::Typeddict {
            way["docs"] = json!(comments(&api, options.style));
            way["own"] = json!(OWN_DOCS);
        }
        ways.push(way);
        // A base of the user's can have a table once.
        if options.base.is_some() && options.style == PythonStyle::Sqlalchemy {
            continue;
        }
        let split = format!("{name}_split");
        all.extend(files(&api, &split, Layout::PerSchema, &options));
        ways.push(task(&split, &options, &schemas));
        for (suffix, layout) in [("empty", Layout::Single), ("empty_split", Layout::PerSchema)] {
            let empty = format!("{name}_{suffix}");
            all.extend(files(&Api::default(), &empty, layout, &options));
            ways.push(task(&empty, &options, &[]));
        }
    }
    let printed = check("python-styles", &all, &ways);
    let types = mypy("python-styles-mypy", &all);
    types.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(printed, format!("{} ways, 0 unsatisfied\n", ways.len()));
}

/// What the generated modules say of themselves.
const OWN_DOCS: &[&str] = &[
    "What every model is registered with.",
    "A type that SQLAlchemy does not know, by its name in PostgreSQL.",
    "What a field is that is left out, which None is not.",
    "Teaches a `psycopg.Connection` the types of this schema: without it, psycopg gives their text.",
    "Teaches a `psycopg.Connection` that these types have arrays: without it, psycopg gives their text.\n\n\
     `sqlalchemy.event.listen(engine, \"connect\", lambda connection, _: register(connection))`",
];

#[tokio::test]
async fn other_people_s_schemas_are_strictly_typed_and_run_in_every_style() {
    let mut all = vec![("shapes.py".to_owned(), include_str!("python/shapes.py").to_owned())];
    let mut ways = Vec::new();
    for path in corpus::schemas() {
        let schema = path.file_stem().unwrap().to_string_lossy().into_owned();
        let api = api(&database_from(&path).await, &Config::default()).await;
        assert!(!api.relations.is_empty(), "{schema}");
        for (way, options) in every_way() {
            // One base of the user's cannot have the tables of several schemas.
            let options = Python { base: None, ..options };
            let name = format!("{schema}_{way}");
            all.extend(files(&api, &name, Layout::Single, &options));
            ways.push(task(&name, &options, &[]));
        }
    }
    if !ways.is_empty() {
        let printed = check("python-corpus", &all, &ways);
        mypy("python-corpus-mypy", &all).unwrap_or_else(|error| panic!("{error}"));
        println!("{printed}");
    }
}

#[tokio::test]
async fn no_value_contradicts_its_type() {
    // The rows that TypeScript's clients read too.
    let scratch = database(include_str!("typescript/wire.sql")).await;
    let api = api(&scratch, &Config::default()).await;
    let mut all = vec![("refused.py".to_owned(), include_str!("python/refused.py").to_owned())];
    for (name, options) in every_way() {
        if !name.ends_with("_rich") && !name.ends_with("_asyncpg") {
            all.extend(files(&api, &name, Layout::Single, &options));
        }
    }
    mypy("python-wire-mypy", &all).unwrap_or_else(|error| panic!("{error}"));
    all.push(("wire.py".to_owned(), include_str!("python/wire.py").to_owned()));
    let printed = python("python-wire", &all, "wire.py", &environment(&scratch));
    assert_eq!(
        printed.unwrap_or_else(|error| panic!("{error}")),
        "{\"pydantic\": 20, \"written\": 16, \"typeddict\": 14, \"dataclass\": 14, \"rest\": 20, \"sqlalchemy\": 9}\n"
    );
}

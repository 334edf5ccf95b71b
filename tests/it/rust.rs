//! Rust types: laid out as `prettyplease` does, compiled with the real drivers, and filled by them from a real server.

mod sample;

use pgkeel::catalog::scope::Scope;
use pgkeel::codegen::lower::lower;
use pgkeel::codegen::model::{Api, Scalar, Type};
use pgkeel::codegen::rust::generate;
use pgkeel::config::rust::{Datetime, Decimal, Domains, Ids, Json, Net, Rust, RustStyle, Uuid, Visibility};
use pgkeel::config::{Config, Generate, Language, Layout, Override};
use pgkeel::introspect::{self, Depth};
use pgkeel::scratch::Scratch;

use crate::support::corpus;
use crate::support::database::{database, database_from, environment};
use crate::support::toolchain::{cargo_check, cargo_run};

/// One file of types.
fn single(api: &Api, options: &Rust) -> String {
    let entry = Generate::from(Language::Rust(options.clone()));
    let mut files = generate(api, &entry, options).unwrap().files;
    assert_eq!(files.len(), 1);
    files.remove(0).contents
}

/// Asserts that `prettyplease` would lay the code out just so. It knows no comments, and no layout inside macros.
fn assert_pretty(code: &str, what: &str) {
    let mut macro_end = None;
    let lines = code.lines().filter(|line| {
        let trimmed = line.trim_start();
        if trimmed.starts_with("macro_rules!") {
            macro_end = Some(line.replace(trimmed, "}"));
        }
        let in_macro = macro_end.is_some();
        macro_end = macro_end.take().filter(|end| end != line);
        !in_macro && (trimmed.starts_with("///") || !trimmed.starts_with("//"))
    });
    let code: String = lines.flat_map(|line| [line, "\n"]).collect();
    let pretty =
        prettyplease::unparse(&syn::parse_file(&code).unwrap_or_else(|error| panic!("{what}: {error}\n{code}")));
    for (number, (ours, theirs)) in code.lines().zip(pretty.lines()).enumerate() {
        let shown = |text: &str| {
            text.lines()
                .skip(number.saturating_sub(4))
                .take(12)
                .collect::<Vec<_>>()
                .join("\n")
        };
        assert_eq!(
            ours,
            theirs,
            "{what}, line {number}:\n{}\n--- prettyplease:\n{}",
            shown(&code),
            shown(&pretty)
        );
    }
    assert_eq!(code.lines().count(), pretty.lines().count(), "{what}");
}

/// What the database comes to.
async fn api_of(scratch: &Scratch) -> Api {
    let scope = Scope::default();
    let mut connection = scratch.connect().await.unwrap();
    let (catalog, _) = introspect::read(&mut connection, &scope, Depth::Types).await.unwrap();
    lower(&catalog, &Config::default(), &scope).0
}

/// Every style with every option that changes the types or the crates they come from.
fn every_option() -> Vec<(&'static str, Rust)> {
    let of = |style| Rust {
        style,
        ..Rust::default()
    };
    let (sqlx, tokio_postgres, plain) = (of(RustStyle::Sqlx), of(RustStyle::TokioPostgres), of(RustStyle::Plain));
    let newtypes = |of: &Rust| Rust {
        domains: Some(Domains::Newtype),
        ids: Ids::Newtype,
        datetime: Datetime::Time,
        visibility: Visibility::Crate,
        serde: false,
        derives: vec!["std::fmt::Debug".to_owned()],
        ..of.clone()
    };
    let others = |of: &Rust| Rust {
        domains: Some(Domains::Alias),
        datetime: Datetime::Jiff,
        json: Json::Typed,
        patch: false,
        ..of.clone()
    };
    let crates = |of: Rust| Rust {
        decimal: Decimal::Bigdecimal,
        net: Some(Net::Ipnet),
        ..of
    };
    let text = Rust {
        uuid: Uuid::String,
        ..plain.clone()
    };
    vec![
        ("sqlx_newtypes", newtypes(&sqlx)),
        ("sqlx_others", crates(others(&sqlx))),
        ("tokio_postgres_newtypes", newtypes(&tokio_postgres)),
        ("tokio_postgres_others", others(&tokio_postgres)),
        ("plain_newtypes", newtypes(&plain)),
        ("plain_others", crates(others(&text))),
        ("sqlx_defaults", sqlx),
        ("tokio_postgres_defaults", tokio_postgres),
        ("plain_defaults", plain),
    ]
}

#[test]
fn code_is_laid_out_as_prettyplease_does() {
    let api = sample::api();
    for (what, options) in every_option() {
        assert_pretty(&single(&api, &options), what);
        let mut entry = Generate::from(Language::Rust(options.clone()));
        entry.layout = Layout::PerSchema;
        for file in generate(&api, &entry, &options).unwrap().files {
            assert_pretty(&file.contents, &format!("{what}: {}", file.path.display()));
        }
    }
}

#[test]
fn every_option_compiles() {
    let api = sample::api();
    let mut modules = Modules::default();
    for (what, options) in every_option() {
        modules.add_one(what, &api, &options);
    }
    modules.check("rust-options");
}

/// Schemas in every style, to be compiled as modules of one crate.
#[derive(Default)]
struct Modules {
    files: Vec<(String, String)>,
    lib: String,
}

impl Modules {
    /// Adds a schema; with serde in one style only, as that is what takes the compiler long.
    fn add(&mut self, name: &str, api: &Api) {
        let few = ["sqlx_defaults", "tokio_postgres_newtypes", "plain_newtypes"];
        for (what, options) in every_option().into_iter().filter(|(what, _)| few.contains(what)) {
            self.add_one(&format!("{name}_{what}"), api, &options);
        }
    }

    fn add_one(&mut self, module: &str, api: &Api, options: &Rust) {
        let code = single(api, options);
        assert_pretty(&code, module);
        self.lib += &format!("pub mod {module};\n");
        self.files.push((format!("{module}.rs"), code));
    }

    fn size(&self) -> usize {
        self.files.iter().map(|(_, code)| code.len()).sum()
    }

    fn check(mut self, project: &str) {
        self.files.push(("lib.rs".to_owned(), self.lib));
        cargo_check(project, &self.files, &[]).unwrap();
    }
}

#[test]
fn code_of_the_users_that_is_no_code_is_refused() {
    let refusal = |ty: &str, derive: &str| {
        let mut api = sample::api();
        api.overrides = vec![Override {
            rust: Some(ty.to_owned()),
            ..Override::default()
        }];
        api.relations[0].columns[0].custom = Some(0);
        let options = Rust {
            derives: vec![derive.to_owned()],
            ..Rust::default()
        };
        let entry = Generate::from(Language::Rust(options.clone()));
        generate(&api, &entry, &options).map_err(|error| format!("{error:?}"))
    };
    assert!(refusal("crate::Email", "Hash").is_ok());
    let message = refusal("crate::Ema il", "Hash").unwrap_err();
    assert!(
        message.contains("`rust = \"crate::Ema il\"` for public.pair.a is not a Rust type"),
        "{message}"
    );
    let message = refusal("crate::Email", "Hash)] fn").unwrap_err();
    assert!(
        message.contains("`Hash)] fn` under `derives` is not the path of a derive"),
        "{message}"
    );
}

#[tokio::test]
async fn hostile_schemas_compile() {
    let scratch = database(include_str!("rust/hostile.sql")).await;
    let mut modules = Modules::default();
    modules.add("hostile", &api_of(&scratch).await);
    let columns = (1..=1600).map(|number| sample::column(&format!("c{number}"), "integer", Type::Scalar(Scalar::Int4)));
    let wide = Api {
        schemas: vec![sample::schema("public")],
        relations: vec![sample::relation("wide", columns.collect())],
        ..Api::default()
    };
    for (what, options) in every_option().into_iter().filter(|(_, options)| !options.serde) {
        modules.add_one(&format!("wide_{what}"), &wide, &options);
    }
    modules.check("rust-hostile");
}

#[tokio::test]
async fn other_peoples_schemas_compile() {
    // The compiler takes gigabytes for a megabyte of derives.
    const AT_ONCE: usize = 1_000_000;
    let mut modules = Modules::default();
    for path in corpus::schemas() {
        let scratch = database_from(&path).await;
        let name = path.file_stem().unwrap().to_string_lossy().replace('-', "_");
        modules.add(&name, &api_of(&scratch).await);
        if modules.size() > AT_ONCE {
            std::mem::take(&mut modules).check("rust-corpus");
        }
    }
    modules.check("rust-corpus");
}

/// A program that reads both rows of each table into the generated types, and inserts them into its copy.
fn copy_program(style: RustStyle) -> String {
    let (every, arrays) = sample::columns();
    let mut tables = vec![("every", "Every", every), ("every_array", "EveryArray", arrays)];
    if style == RustStyle::TokioPostgres {
        tables.push(("multi", "Multi", sample::multiranges()));
    }
    let mut program = match style {
        RustStyle::TokioPostgres => TOKIO_POSTGRES_MAIN,
        _ => SQLX_MAIN,
    }
    .to_owned();
    for (table, row, columns) in tables {
        let list = |of: &dyn Fn(usize) -> String| (0..columns.len()).map(of).collect::<Vec<_>>().join(", ");
        let parameters = list(&|at| format!("${}", at + 1));
        let values = list(&|at| format!("&row.{}", columns[at].name));
        let select = format!(
            "select * from {table} order by c_{} nulls last",
            if table == "multi" { "int4multirange" } else { "int4" }
        );
        let insert = format!("insert into {table}_copy values ({parameters})");
        program += &match style {
            RustStyle::TokioPostgres => format!(
                "    for row in client.query({select:?}, &[]).await.unwrap() {{\n        \
                 let row = types::public::{row}::try_from(&row).unwrap();\n        \
                 client.execute({insert:?}, &[{values}]).await.unwrap();\n        \
                 through_json(&row);\n    }}\n"
            ),
            _ => format!(
                "    let rows: Vec<types::public::{row}> = sqlx::query_as({select:?}).fetch_all(&mut client).await.unwrap();\n    \
                 for row in &rows {{\n        let query = sqlx::query({insert:?});\n{}        \
                 query.execute(&mut client).await.unwrap();\n        through_json(row);\n    }}\n",
                columns
                    .iter()
                    .map(|column| format!("        let query = query.bind(&row.{});\n", column.name))
                    .collect::<String>()
            ),
        };
    }
    program + ABSENT_AND_NULL
}

/// A field that is absent, one that is null, and one that must not be.
const ABSENT_AND_NULL: &str = r###"
    let patch: types::public::PairPatch = serde_json::from_str(r##"{"a": null, "b": "x"}"##).unwrap();
    assert_eq!((patch.a, patch.b.as_ref(), patch.c.as_ref()), (Some(None), Some(&Some("x".to_owned())), None));
    assert_eq!(serde_json::to_string(&patch).unwrap(), r##"{"a":null,"b":"x"}"##);
}
"###;

const SQLX_MAIN: &str = r#"
use sqlx::Connection as _;

mod types;

fn through_json<T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug>(row: &T) {
    let json = serde_json::to_string(row).unwrap();
    assert_eq!(&serde_json::from_str::<T>(&json).unwrap(), row);
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let url = std::env::var("DATABASE_URL").unwrap();
    let mut client = sqlx::PgConnection::connect(&url).await.unwrap();
"#;

const TOKIO_POSTGRES_MAIN: &str = r#"
mod types;

fn through_json<T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug>(row: &T) {
    let json = serde_json::to_string(row).unwrap();
    assert_eq!(&serde_json::from_str::<T>(&json).unwrap(), row);
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let url = std::env::var("DATABASE_URL").unwrap();
    let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
"#;

/// Runs the program on a database of its own, and asserts that each copy is like its original.
async fn assert_copies(what: &str, options: &Rust) {
    let scratch = database(&sample::sql()).await;
    let files = [
        ("types.rs", single(&api_of(&scratch).await, options)),
        ("main.rs", copy_program(options.style)),
    ];
    cargo_run(what, &files, &environment(&scratch)).unwrap();
    let mut tables = vec!["every", "every_array"];
    if options.style == RustStyle::TokioPostgres {
        tables.push("multi");
    }
    for table in tables {
        let sql = format!(
            "select (select array_agg(r::text order by r::text) from {table} r)::text, \
             (select array_agg(r::text order by r::text) from {table}_copy r)::text"
        );
        let mut connection = scratch.connect().await.unwrap();
        let query = sqlx::query_as(sqlx::AssertSqlSafe(sql));
        let (original, copy): (String, Option<String>) = query.fetch_one(&mut connection).await.unwrap();
        assert_eq!(Some(original), copy, "{what}: {table}");
    }
}

#[tokio::test]
async fn sqlx_reads_and_writes_every_type() {
    let options = Rust::default();
    assert_copies("rust-sqlx", &options).await;
    let options = Rust {
        domains: Some(Domains::Newtype),
        datetime: Datetime::Jiff,
        decimal: Decimal::Bigdecimal,
        json: Json::Typed,
        ..options
    };
    assert_copies("rust-sqlx-newtypes", &options).await;
}

#[tokio::test]
async fn tokio_postgres_reads_and_writes_every_type() {
    let options = Rust {
        style: RustStyle::TokioPostgres,
        ..Rust::default()
    };
    assert_copies("rust-tokio-postgres", &options).await;
    let options = Rust {
        datetime: Datetime::Time,
        json: Json::Typed,
        ..options
    };
    assert_copies("rust-tokio-postgres-time", &options).await;
}

#[tokio::test]
async fn sqlx_toml_teaches_query_the_same_types() {
    let scratch = database(&sample::sql()).await;
    let api = api_of(&scratch).await;
    for (what, domains) in [("alias", Domains::Alias), ("newtype", Domains::Newtype)] {
        let options = Rust {
            domains: Some(domains),
            sqlx_toml: Some("sqlx.toml".into()),
            ..Rust::default()
        };
        let mut entry = Generate::from(Language::Rust(options.clone()));
        entry.out = "src/types.rs".into();
        let mut files: Vec<(String, String)> = (generate(&api, &entry, &options).unwrap().files.into_iter())
            .map(|file| (format!("../{}", file.path.display()), file.contents))
            .collect();
        files.push(("main.rs".to_owned(), QUERY_MAIN.to_owned()));
        cargo_run(&format!("rust-query-{what}"), &files, &environment(&scratch)).unwrap();
    }
}

/// Every column's type is what `query!` makes of it, or this does not compile.
const QUERY_MAIN: &str = r#"
use sqlx::Connection as _;

mod types;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let url = std::env::var("DATABASE_URL").unwrap();
    let mut client = sqlx::PgConnection::connect(&url).await.unwrap();
    let every = sqlx::query_as!(types::public::Every, "select * from every").fetch_all(&mut client).await.unwrap();
    let arrays = sqlx::query_as!(types::public::EveryArray, "select * from every_array");
    let arrays = arrays.fetch_all(&mut client).await.unwrap();
    assert_eq!((every.len(), arrays.len()), (2, 2));
}
"#;

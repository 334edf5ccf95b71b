//! What reading a database and generating from it cost, a stage at a time, on a schema of 1,000 tables.
#![allow(clippy::unwrap_used)]

mod synth;

use criterion::Criterion;
use pgkeel::catalog::scope::Scope;
use pgkeel::codegen::{self, lower};
use pgkeel::config::{Config, Generate, Lang};
use pgkeel::introspect::{self, Depth};
use pgkeel::scratch::{self, Options};
use tokio::runtime::Runtime;

const TABLES: usize = 1_000;

fn main() {
    let mut criterion = Criterion::default().sample_size(20).configure_from_args();
    let runtime = Runtime::new().unwrap();
    let server = runtime.block_on(scratch::start(&Options::default())).unwrap();
    let mut conn = runtime.block_on(server.connect()).unwrap();
    for script in synth::scripts(TABLES) {
        runtime
            .block_on(sqlx::raw_sql(sqlx::AssertSqlSafe(script)).execute(&mut conn))
            .unwrap();
    }
    let scope = Scope::default();
    for (name, depth) in [("read/types", Depth::Types), ("read/whole", Depth::Whole)] {
        criterion.bench_function(name, |bencher| {
            bencher.iter(|| runtime.block_on(introspect::read(&mut conn, &scope, depth)).unwrap());
        });
    }

    let (catalog, _) = runtime
        .block_on(introspect::read(&mut conn, &scope, Depth::Types))
        .unwrap();
    let config = Config::default();
    criterion.bench_function("lower", |bencher| {
        bencher.iter(|| lower::lower(&catalog, &config, &scope));
    });
    for lang in [Lang::Typescript, Lang::Rust, Lang::Python, Lang::JsonSchema] {
        let config = Config {
            generate: vec![Generate::new(lang)],
            ..Config::default()
        };
        criterion.bench_function(&format!("generate/{}", lang.name()), |bencher| {
            bencher.iter(|| codegen::generate(&catalog, &config, &scope).unwrap());
        });
    }
    criterion.final_summary();
}

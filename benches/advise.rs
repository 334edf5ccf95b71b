//! Advice: how long the rules take by themselves, and what it takes to read what they go by: `cargo bench --bench advise`,
//! with `-- --quick` for small schemas alone. It prints a table and judges nothing else.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

#[path = "synth/server.rs"]
mod server;
mod synth;

use std::time::Instant;

use pgkeel::advise::{Context, advise};
use pgkeel::catalog::scope::{Depth, Scope};
use pgkeel::introspect;
use pgkeel::scratch::{self, Options, Scratch};

fn main() {
    let arguments = std::env::args().collect::<Vec<_>>();
    let has = |word: &str| arguments.iter().any(|argument| argument == word);
    if !has("--bench") {
        return println!("run by: cargo bench --bench advise");
    }
    let sizes = if has("--quick") {
        &[200][..]
    } else {
        &[1_000, 10_000][..]
    };
    println!("{:>7}  {:<36}{:>9}", "tables", "advice", "seconds");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for &tables in sizes {
        runtime.block_on(measure(tables));
    }
}

async fn measure(tables: usize) {
    let server = scratch::start(&Options::default()).await.unwrap();
    fill(&server, tables).await;
    let mut connection = server.connect().await.unwrap();
    let scope = Scope::default();
    let (catalog, _) = introspect::read(&mut connection, &scope, Depth::Whole).await.unwrap();
    let began = Instant::now();
    let (usage, _) = introspect::usage::read(&mut connection, &scope).await.unwrap();
    println!(
        "{tables:>7}  {:<36}{:>9.3}",
        "reading the statistics",
        began.elapsed().as_secs_f64()
    );
    let mut seconds = Vec::new();
    let mut count = 0;
    for _ in 0..5 {
        let began = Instant::now();
        count = advise(&Context::new(&catalog, Some(&usage))).0.len();
        seconds.push(began.elapsed().as_secs_f64());
    }
    seconds.sort_by(f64::total_cmp);
    let what = format!("every rule, {count} findings");
    println!("{tables:>7}  {what:<36}{:>9.3}", seconds[seconds.len() / 2]);
    drop(connection);
    server.close().await.unwrap();
}

/// Tables with a few rows each, analysed.
async fn fill(server: &Scratch, tables: usize) {
    server::fill(server, tables).await;
    for table in 0..tables {
        let rows = format!("insert into item_{table} (title) select 'x' from generate_series(1, 3)");
        server::run(server, format!("set session_replication_role = replica; {rows}")).await;
    }
    server::run(server, "analyze".to_owned()).await;
}

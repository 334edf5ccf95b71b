//! Migrations: how long planning takes by itself, and a small diff with all that it reads: `cargo bench --bench plan`, with
//! `-- --quick` for small schemas alone. It prints tables and judges nothing else.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

#[path = "synth/server.rs"]
mod server;
mod synth;

use std::process::{Command, Stdio};
use std::time::Instant;

use pgkeel::catalog::Catalog;
use pgkeel::catalog::scope::{Depth, Scope};
use pgkeel::scratch::{self, Options, Scratch};
use pgkeel::{introspect, migrate};

use self::server::{fill, run};

const PGKEEL: &str = env!("CARGO_BIN_EXE_pgkeel");
/// In how many places the two schemas differ.
const DIFFERENCES: usize = 100;

fn main() {
    let arguments = std::env::args().collect::<Vec<_>>();
    let has = |word: &str| arguments.iter().any(|argument| argument == word);
    if !has("--bench") {
        return println!("run by: cargo bench --bench plan");
    }
    let (sizes, runs) = if has("--quick") {
        (&[200][..], 3)
    } else {
        (&[1_000, 10_000][..], 5)
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        plan_alone(sizes, runs).await;
        read_and_plan(runs).await;
        check(sizes[0], runs).await;
    });
}

/// Two schemas that were read before, from one into the other.
async fn plan_alone(sizes: &[usize], runs: usize) {
    println!(
        "{:>7}  {:<44}{:>9}",
        "tables", "planning, without the reading", "seconds"
    );
    let mut medians = Vec::new();
    for &tables in sizes {
        let server = scratch::start(&Options::default()).await.unwrap();
        fill(&server, tables).await;
        let from = read(&server).await;
        change(&server, tables).await;
        let to = read(&server).await;
        server.close().await.unwrap();
        let steps = migrate::plan(&from, &to, &migrate::Options::default())
            .unwrap()
            .steps
            .len();
        let seconds = timed(runs, || {
            migrate::plan(&from, &to, &migrate::Options::default()).unwrap();
        });
        let what = format!("{DIFFERENCES} differences, {steps} steps");
        println!("{tables:>7}  {what:<44}{seconds:>9.3}");
        medians.push(seconds);
    }
    if let [small, large] = medians.as_slice() {
        println!(
            "growth from {} to {} tables: {:.1} times",
            sizes[0],
            sizes[1],
            large / small
        );
    }
}

/// Two small databases on one server: what a developer waits for.
async fn read_and_plan(runs: usize) {
    let tables = 10;
    let from = scratch::start(&Options::default()).await.unwrap();
    let to = from.database("b").await.unwrap();
    fill(&from, tables).await;
    fill(&to, tables).await;
    change(&to, tables).await;
    let (from_url, to_url) = (from.url(), to.url());
    let diff = ["diff", "--from", &from_url, "--to", &to_url];
    println!(
        "\n{:>7}  {:<44}{:>9}",
        "tables", "database to database, reads included", "seconds"
    );
    let commands = [
        ("pg_dump -s, of one of them", "pg_dump", vec!["-s", &from_url]),
        ("diff --no-prove", PGKEEL, [&diff[..], &["--no-prove"]].concat()),
        ("diff, proved", PGKEEL, diff.to_vec()),
    ];
    for (name, program, arguments) in commands {
        let seconds = timed(runs, || {
            let status = Command::new(program)
                .args(&arguments)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status();
            let code = status.unwrap().code();
            assert!(code == Some(0) || code == Some(1), "{program} {arguments:?}: {code:?}");
        });
        println!("{tables:>7}  {name:<44}{seconds:>9.3}");
    }
    to.close().await.unwrap();
    from.close().await.unwrap();
}

/// A database against its snapshot: beside the reading alone, as it is and after changes.
async fn check(tables: usize, runs: usize) {
    let server = scratch::start(&Options::default()).await.unwrap();
    fill(&server, tables).await;
    let folder = std::env::temp_dir().join(format!("pgkeel-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let url = server.url();
    let call = |arguments: &[&str]| {
        let mut command = Command::new(PGKEEL);
        command
            .args(arguments)
            .current_dir(&folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let code = command.status().unwrap().code();
        assert!(code == Some(0) || code == Some(1), "{arguments:?}: {code:?}");
    };
    call(&["pull", "--source", &url]);
    let drift = ["check", "--only", "live", "--database", &url];
    println!("\n{:>7}  {:<44}{:>9}", "tables", "database to snapshot", "seconds");
    let show = |what: &str, arguments: &[&str]| {
        let seconds = timed(runs, || call(arguments));
        println!("{tables:>7}  {what:<44}{seconds:>9.3}");
    };
    show(
        "pull --out -, which reads alone",
        &["pull", "--source", &url, "--out", "-"],
    );
    show("check --only live, the same", &drift);
    change(&server, tables).await;
    show(&format!("check --only live, {DIFFERENCES} differences"), &drift);
    server.close().await.unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
}

/// Makes changes of five kinds, each in tables of its own, spread over all.
async fn change(server: &Scratch, tables: usize) {
    for place in 0..DIFFERENCES.min(tables) {
        let table = format!("item_{}", place * tables / DIFFERENCES.min(tables));
        run(
            server,
            match place % 5 {
                0 => format!("alter table {table} add column note text"),
                1 => format!("drop policy read on {table}"),
                2 => format!("create index on {table} (owner_id)"),
                3 => format!("alter table {table} alter column data type json"),
                _ => format!("alter table {table} alter column price set default 1"),
            },
        )
        .await;
    }
}

async fn read(server: &Scratch) -> Catalog {
    let mut connection = server.connect().await.unwrap();
    let scope = Scope::default();
    introspect::read(&mut connection, &scope, Depth::Whole).await.unwrap().0
}

/// The median of several runs, in seconds; the first warms the caches.
fn timed(runs: usize, mut once: impl FnMut()) -> f64 {
    once();
    let mut seconds = (0..runs)
        .map(|_| {
            let began = Instant::now();
            once();
            began.elapsed().as_secs_f64()
        })
        .collect::<Vec<_>>();
    seconds.sort_by(f64::total_cmp);
    seconds[seconds.len() / 2]
}

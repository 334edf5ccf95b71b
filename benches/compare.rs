//! The commands beside `pg_dump -s` on the same database: `cargo bench --bench compare`, with `-- --quick` for a small
//! database alone. It prints a table and judges nothing else: times depend on the machine, ratios less so.
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::unwrap_used, clippy::expect_used)]

mod synth;

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use pgkeel::scratch::{self, Options, Scratch};

const PGKEEL: &str = env!("CARGO_BIN_EXE_pgkeel");

/// A command to measure, and what we want of it.
struct Subject {
    name: &'static str,
    program: String,
    arguments: Vec<String>,
    /// The largest part of `pg_dump`'s time.
    wanted_ratio: Option<f64>,
    /// The longest time with 10,000 tables, in seconds.
    wanted_seconds: Option<f64>,
}

/// What one run took.
#[derive(Clone, Copy)]
struct Sample {
    seconds: f64,
    megabytes: f64,
}

fn main() {
    let arguments = std::env::args().collect::<Vec<_>>();
    if let Some(at) = arguments.iter().position(|argument| argument == "--measure") {
        return measure_here(&arguments[at + 1..]);
    }
    if !arguments.iter().any(|argument| argument == "--bench") {
        return println!("run by: cargo bench --bench compare");
    }
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(compare(arguments.iter().any(|argument| argument == "--quick")));
}

async fn compare(is_quick: bool) {
    let (sizes, runs) = if is_quick {
        (&[200][..], 3)
    } else {
        (&[1_000, 10_000][..], 5)
    };
    start_times(runs).await;
    println!(
        "\n{:>7}  {:<34}{:>9}{:>12}{:>9}",
        "tables", "command", "seconds", "of pg_dump", "peak MB"
    );
    let mut medians = Vec::new();
    for &tables in sizes {
        let server = scratch::start(&Options::default()).await.unwrap();
        fill(&server, tables).await;
        let out = tempfile::tempdir().unwrap();
        let subjects = subjects(&server.url(), out.path());
        let rows = alternate(&subjects, runs, out.path());
        for (subject, row) in subjects.iter().zip(&rows) {
            print_row(tables, subject, *row, rows[0]);
        }
        medians.push(rows);
        server.close().await.unwrap();
    }
    if let [small, large] = medians.as_slice() {
        let subjects = subjects("", Path::new(""));
        println!("\ngrowth from {} to {} tables (wanted: at most 11)", sizes[0], sizes[1]);
        for ((subject, small), large) in subjects.iter().zip(small).zip(large) {
            println!("         {:<34}{:>9.1}", subject.name, large.seconds / small.seconds);
        }
    }
}

/// How long a scratch server takes, by itself and with the example replayed into it, read and generated from.
async fn start_times(runs: usize) {
    let mut starts = Vec::new();
    // The first makes the template.
    for _ in 0..=runs {
        let began = Instant::now();
        let server = scratch::start(&Options::default()).await.unwrap();
        server.connect().await.unwrap();
        starts.push(began.elapsed().as_secs_f64());
        if starts.len() == 1 {
            println!("{}, medians of {runs}", server.describe());
        }
        server.close().await.unwrap();
    }
    println!(
        "a scratch server's start, seconds: {:.3} (wanted: under 0.2)",
        median(&mut starts[1..])
    );
    let out = tempfile::tempdir().unwrap();
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations-example");
    let mut arguments = generate(example, out.path());
    arguments.extend(["--platform".to_owned(), "supabase".to_owned()]);
    let mut seconds = (0..=runs)
        .map(|_| measure(PGKEEL, &arguments, out.path()).seconds)
        .collect::<Vec<_>>();
    println!(
        "the example replayed, read, generated: {:.3} (wanted: under 1)",
        median(&mut seconds[1..])
    );
}

async fn fill(server: &Scratch, tables: usize) {
    let mut conn = server.connect().await.unwrap();
    for script in synth::scripts(tables) {
        sqlx::raw_sql(sqlx::AssertSqlSafe(script))
            .execute(&mut conn)
            .await
            .unwrap();
    }
    sqlx::raw_sql("vacuum analyze").execute(&mut conn).await.unwrap();
}

/// What is compared; the first is the measure of the others.
fn subjects(url: &str, out: &Path) -> [Subject; 4] {
    let snapshot = out.join("snapshot.json").display().to_string();
    let strings = |list: &[&str]| list.iter().map(|&argument| argument.to_owned()).collect::<Vec<_>>();
    let pgkeel = |name, arguments, wanted_ratio, wanted_seconds| Subject {
        name,
        program: PGKEEL.to_owned(),
        arguments,
        wanted_ratio,
        wanted_seconds,
    };
    [
        Subject {
            name: "pg_dump -s",
            program: "pg_dump".to_owned(),
            arguments: strings(&["-s", "-f", &out.join("dump.sql").display().to_string(), url]),
            wanted_ratio: None,
            wanted_seconds: None,
        },
        pgkeel(
            "pull",
            strings(&["pull", "--source", url, "--out", &snapshot]),
            Some(0.35),
            None,
        ),
        pgkeel(
            "generate, live, 3 languages",
            generate(url, &out.join("live")),
            Some(0.25),
            None,
        ),
        pgkeel(
            "generate, snapshot, 3 languages",
            generate(&snapshot, &out.join("snap")),
            None,
            Some(0.5),
        ),
    ]
}

fn generate(source: &str, out: &Path) -> Vec<String> {
    let out = out.display().to_string();
    let languages = ["typescript", "rust", "python"]
        .into_iter()
        .flat_map(|lang| ["--lang", lang]);
    ["generate", "--source", source, "--out", &out, "--force"]
        .into_iter()
        .chain(languages)
        .map(str::to_owned)
        .collect()
}

/// Runs all of them in turn, so that a busy moment of the machine hits each alike; gives the medians.
fn alternate(subjects: &[Subject], runs: usize, dir: &Path) -> Vec<Sample> {
    let mut samples = subjects.iter().map(|_| Vec::new()).collect::<Vec<_>>();
    // The first round warms the caches.
    for round in 0..=runs {
        for (subject, samples) in subjects.iter().zip(&mut samples) {
            let sample = measure(&subject.program, &subject.arguments, dir);
            if round > 0 {
                samples.push(sample);
            }
        }
    }
    samples
        .iter()
        .map(|samples| Sample {
            seconds: median(&mut samples.iter().map(|sample| sample.seconds).collect::<Vec<_>>()),
            megabytes: samples.iter().map(|sample| sample.megabytes).fold(0.0, f64::max),
        })
        .collect()
}

fn print_row(tables: usize, subject: &Subject, row: Sample, reference: Sample) {
    let ratio = row.seconds / reference.seconds;
    let name = subject.name;
    print!(
        "{tables:>7}  {name:<34}{:>9.3}{ratio:>12.2}{:>9.0}",
        row.seconds, row.megabytes
    );
    if let Some(wanted) = subject.wanted_ratio {
        print!(
            "   wanted: {wanted} of pg_dump{}",
            if ratio > wanted { ", MISSED" } else { "" }
        );
    }
    if let Some(wanted) = subject.wanted_seconds.filter(|_| tables == 10_000) {
        print!(
            "   wanted: {wanted} s{}",
            if row.seconds > wanted { ", MISSED" } else { "" }
        );
    }
    if tables == 10_000 && subject.program == PGKEEL && row.megabytes > 300.0 {
        print!("   wanted: 300 MB, MISSED");
    }
    println!();
}

/// Runs a command in a process of its own that sees no other child, so that the peak of memory is the command's.
fn measure(program: &str, arguments: &[String], dir: &Path) -> Sample {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--measure", program])
        .args(arguments)
        .current_dir(dir)
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{program} {arguments:?}: {}\n{said}",
        output.status
    );
    let numbers = String::from_utf8(output.stdout).unwrap();
    let (seconds, megabytes) = numbers.trim().split_once(' ').unwrap();
    Sample {
        seconds: seconds.parse().unwrap(),
        megabytes: megabytes.parse().unwrap(),
    }
}

/// The other side of [`measure`]: prints seconds and megabytes.
fn measure_here(command: &[String]) {
    let began = Instant::now();
    let status = Command::new(&command[0])
        .args(&command[1..])
        .stdout(Stdio::null())
        .status();
    let took: Duration = began.elapsed();
    let status = status.unwrap_or_else(|error| panic!("{}: {error}", command[0]));
    if !status.success() {
        std::process::exit(status.code().unwrap_or(1));
    }
    let kilobytes = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap().max_rss();
    println!("{} {}", took.as_secs_f64(), kilobytes as f64 / 1024.0);
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

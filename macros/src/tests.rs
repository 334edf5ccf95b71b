//! How much work an invocation is.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use quote::{format_ident, quote};

const TABLES: usize = 2_000;
const INVOCATIONS: usize = 500;

/// Far more than it takes on a slow machine, and far less than reading the snapshot each time.
const LIMIT: Duration = Duration::from_secs(30);

#[test]
fn hundreds_of_invocations_read_a_large_snapshot_once() {
    let path = large_snapshot();
    let path = path.to_str().unwrap();
    let start = Instant::now();
    let mut first = Duration::ZERO;
    let mut watched = 0;
    for number in 0..INVOCATIONS {
        let table = format!("public.orders_{number:04}");
        let code = crate::schema::expand(quote!(#path, tables = [#table], config = "tests/ui/pgkeel.toml"));
        let code = code.unwrap_or_else(|error| panic!("{table}: {error}")).to_string();
        assert!(code.contains(&format!("pub struct Orders{number:04} {{")), "{code}");
        assert!(!code.contains("Users"), "more than was chosen: {code}");
        watched += code.matches("include_bytes").count();
        let name = format_ident!("Row{number}");
        let row = crate::row::expand(
            quote!(#table, snapshot = #path, config = "tests/ui/pgkeel.toml", exhaustive),
            quote!(struct #name { id: i64, user_id: i64, note: Option<String> }),
        );
        assert!(!row.to_string().contains("compile_error"), "{row}");
        watched += row.to_string().matches("include_bytes").count();
        if number == 0 {
            first = start.elapsed();
        }
    }
    let all = start.elapsed();
    println!("{INVOCATIONS} of each macro, {TABLES} tables: {all:?}, of which the first took {first:?}");
    assert!(all < LIMIT, "{all:?}");
    assert_eq!(watched, 2, "the compiler is told of each file once");
}

/// The snapshot of the other tests, with one of its tables many times.
fn large_snapshot() -> PathBuf {
    let small = std::fs::read_to_string("tests/ui/schema.snapshot.json").unwrap();
    let mut large = String::new();
    let mut rows: Vec<&str> = Vec::new();
    for line in small.lines().chain([""]) {
        if ["{\"name\":\"public.orders\"", "{\"relation\":\"public.orders\""]
            .iter()
            .any(|row| line.starts_with(row))
        {
            rows.push(line);
            continue;
        }
        for row in rows.iter().map(|row| row.trim_end_matches(',')) {
            writeln!(large, "{row},").unwrap();
        }
        for number in 0..if rows.is_empty() { 0 } else { TABLES } {
            for row in rows.iter().map(|row| row.trim_end_matches(',')) {
                writeln!(large, "{},", row.replace("orders", &format!("orders_{number:04}"))).unwrap();
            }
        }
        if line.starts_with(']') && large.ends_with(",\n") {
            large.truncate(large.len() - 2);
            large.push('\n');
        }
        rows.clear();
        writeln!(large, "{line}").unwrap();
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/tmp/macros");
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("large.snapshot.json");
    std::fs::write(&path, large).unwrap();
    path
}

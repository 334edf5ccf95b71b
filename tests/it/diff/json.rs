//! `diff --format json`, judged by its own JSON Schema, which the binary prints.

use std::path::Path;

use pgkeel::ddl::Hazard;
use serde_json::Value;

use crate::support::command::Folder;
use crate::support::toolchain::python;

/// Validates each document with a validator of somebody else's.
const CHECK: &str = r#"
import json, pathlib
from jsonschema import Draft202012Validator

schema = json.loads(pathlib.Path("schema.json").read_text())
Draft202012Validator.check_schema(schema)
validator = Draft202012Validator(schema)
documents = sorted(pathlib.Path("plans").iterdir())
for path in documents:
    for error in validator.iter_errors(json.loads(path.read_text())):
        raise SystemExit(f"{path}: {error.json_path}: {error.message}")
for broken in [{"version": 2, "steps": []}, {"version": 1}, {"version": 1, "steps": [{"sql": "x"}]}]:
    if validator.is_valid(broken):
        raise SystemExit(f"{broken} is taken for a plan")
print(len(documents))
"#;

#[test]
fn plans_are_what_the_printed_schema_says() {
    let folder = Folder::new("diff-json");
    let printed = folder.run(&["diff", "--format", "json-schema"]);
    printed.succeeds();
    let mut files = vec![
        ("check.py".to_owned(), CHECK.to_owned()),
        ("schema.json".to_owned(), printed.stdout.clone()),
    ];
    let pairs = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/diff/pairs");
    let mut pairs = std::fs::read_dir(pairs)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect::<Vec<_>>();
    pairs.sort();
    let mut losses = 0;
    for pair in &pairs {
        let [a, b] = ["a.sql", "b.sql"].map(|side| pair.join(side).to_str().unwrap().to_owned());
        for (from, to, form) in [(&a, &b, "--online"), (&b, &a, "--offline")] {
            let words = [
                "diff",
                "--no-prove",
                "--format",
                "json",
                "--from",
                from,
                "--to",
                to,
                form,
            ];
            let ran = folder.run(&words);
            assert_eq!(ran.code, 1, "{from} to {to}: {}", ran.stderr);
            let plan: Value = serde_json::from_str(&ran.stdout).unwrap();
            for step in plan["steps"].as_array().unwrap() {
                losses += usize::from(step["data_loss"].is_string());
                for hazard in step["hazards"].as_array().unwrap() {
                    let id = hazard.as_str().unwrap();
                    assert!(Hazard::named(id).is_some(), "`{id}` is not in the catalogue: {step}");
                }
            }
            let name = pair.file_name().unwrap().to_str().unwrap();
            files.push((format!("plans/{name}{form}.json"), ran.stdout));
        }
    }
    assert!(losses > 0);
    let checked = python("diff-json", &files, "check.py", &[]).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(checked.trim(), (2 * pairs.len()).to_string());
}

#[test]
fn columns_in_another_order_are_told_on_demand() {
    let folder = Folder::new("diff-strict-order");
    folder.write(
        "a.sql",
        "create table t (a int, b int, gone int, c text); create table u (x int, y int);",
    );
    folder.write(
        "b.sql",
        "create table t (c text, a int, b int, gone int); create table u (x int, y int);",
    );
    folder.write(
        "c.sql",
        "create table t (a int, b int, c text, new int); create table u (x int, y int);",
    );
    let diff = |words: &[&str]| folder.run(&[&["diff"], words].concat());
    let ran = diff(&["--from", "a.sql", "--to", "b.sql"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""), "{}", ran.stderr);
    for (format, printed) in [
        ("sql", ""),
        ("summary", ""),
        ("json", "{\n  \"version\": 1,\n  \"steps\": []\n}\n"),
    ] {
        let ran = diff(&["--strict-order", "--from", "a.sql", "--to", "b.sql", "--format", format]);
        assert_eq!((ran.code, ran.stdout.as_str()), (1, printed), "{}", ran.stderr);
        let told = "public.t: its columns are in the order a, b, gone, c, and shall be in the order c, a, b, gone";
        assert!(ran.stderr.contains(told), "{}", ran.stderr);
        assert!(!ran.stderr.contains("public.u"), "{}", ran.stderr);
    }
    let ran = diff(&["--strict-order", "--down", "--from", "a.sql", "--to", "b.sql"]);
    assert!(
        ran.stderr.contains("shall be in the order a, b, gone, c"),
        "{}",
        ran.stderr
    );
    // What is left keeps its places, and what is new comes last: the order that is asked for.
    let ran = diff(&["--strict-order", "--from", "a.sql", "--to", "c.sql"]);
    assert_eq!(ran.code, 1);
    assert!(!ran.stderr.contains("order"), "{}", ran.stderr);
    let ran = diff(&["--strict-order", "--from", "a.sql", "--to", "a.sql"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""), "{}", ran.stderr);
    // By another name it is the same column, in its place.
    let renames = "[{ from = \"public.t.b\", to = \"public.r.z\" }, { from = \"public.t\", to = \"public.r\" }]";
    folder.write("pgkeel.toml", format!("[migrations]\nrenames = {renames}"));
    folder.write(
        "d.sql",
        "create table r (a int, gone int, z int, c text); create table u (x int, y int);",
    );
    folder.write(
        "e.sql",
        "create table r (a int, z int, gone int, c text); create table u (x int, y int);",
    );
    let ran = diff(&["--strict-order", "--from", "a.sql", "--to", "d.sql"]);
    let told = "public.r: its columns are in the order a, z, gone, c, and shall be in the order a, gone, z, c";
    assert!(ran.code == 1 && ran.stderr.contains(told), "{ran:?}");
    let ran = diff(&["--strict-order", "--from", "a.sql", "--to", "e.sql"]);
    assert!(ran.code == 1 && !ran.stderr.contains("order"), "{ran:?}");
    let ran = diff(&["--strict-order", "--down", "--from", "a.sql", "--to", "d.sql"]);
    assert!(
        ran.stderr
            .contains("in the order a, gone, b, c, and shall be in the order a, b, gone, c"),
        "{ran:?}"
    );
}

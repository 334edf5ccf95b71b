//! Every JSON that commands print, and every `pgkeel.toml`, judged by the JSON Schemas that pgkeel prints for them.

use std::path::Path;

use serde_json::Value;
use sqlx::Executor as _;

use crate::check::project;
use crate::support::command::Folder;
use crate::support::toolchain::{python, run};

/// Validates each document with a validator of somebody else's, and sees that nonsense is refused.
const CHECK: &str = r#"
import json, pathlib, sys
from jsonschema.validators import validator_for
try:
    import tomllib
except ImportError:
    import tomli as tomllib

def load(path):
    text = path.read_text()
    return tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)

count = 0
for schema in sorted(pathlib.Path("schemas").iterdir()):
    text = json.loads(schema.read_text())
    kind = validator_for(text)
    kind.check_schema(text)
    validator = kind(text)
    for path in sorted(pathlib.Path(schema.stem).iterdir()):
        document = load(path)
        errors = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(document)]
        if path.stem.startswith("bad"):
            if not errors:
                sys.exit(f"{path} is taken for right")
        elif errors:
            sys.exit(f"{path}: {errors[0]}")
        count += 1
print(count)
"#;

/// Schemas and documents, by folder.
#[derive(Default)]
struct Files(Vec<(String, String)>);

impl Files {
    fn schema(&mut self, name: &str, folder: &Folder, words: &[&str]) {
        let printed = folder.run(words).succeeds().stdout.clone();
        self.0.push((format!("schemas/{name}.json"), printed));
    }

    fn add(&mut self, schema: &str, name: &str, document: impl Into<String>) {
        self.0.push((format!("{schema}/{name}"), document.into()));
    }

    /// How many documents were judged.
    fn judged(mut self, project: &str) -> usize {
        self.0.push(("check.py".to_owned(), CHECK.to_owned()));
        let count = python(project, &self.0, "check.py", &[]).unwrap_or_else(|error| panic!("{error}"));
        count.trim().parse().unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_commands_print_is_what_their_schemas_say() {
    let (folder, scratch) = project("schemas").await;
    let mut conn = scratch.connect().await.unwrap();
    conn.execute("alter table users alter name drop default").await.unwrap();
    folder.write("migrations/20240102000000_more.sql", "create table more (a int);");
    folder.write("migrations/20240103000000_more.sql", "create table most (b int);");
    folder.write("fleet.txt", "env:DATABASE_URL\npostgres://me:secret@127.0.0.1:1/none\n");
    let mut files = Files::default();
    let url = [("DATABASE_URL", scratch.url())];
    let url = [(url[0].0, url[0].1.as_str())];
    let run = |words: &[&str]| {
        let ran = folder.run_with(words, &url);
        assert!(!ran.stdout.is_empty(), "{words:?}: {ran:?}");
        assert!(!ran.stdout.contains("secret"), "{ran:?}");
        ran.stdout
    };
    files.schema("findings", &folder, &["check", "--format", "json-schema"]);
    for words in [&["advise"][..], &["rls", "audit"], &["rls", "test"]] {
        let same = folder.run(&[words, &["--format", "json-schema"]].concat());
        assert_eq!(Some(&same.stdout), files.0.first().map(|(_, text)| text), "{words:?}");
    }
    files.add("findings", "check.json", run(&["check", "--format", "json"]));
    files.add(
        "findings",
        "failed.json",
        run(&[
            "check",
            "--format",
            "json",
            "--database",
            "postgres://me:secret@127.0.0.1:1/x",
        ]),
    );
    files.add(
        "findings",
        "advise.json",
        run(&["advise", "--format", "json", "--source", "migrations"]),
    );
    files.add(
        "findings",
        "audit.json",
        run(&["rls", "audit", "--format", "json", "--source", "migrations"]),
    );
    folder.write("rls.toml", "[rls]\nroles = [\"app\"]\n").write(
        "rls.sql",
        "create role app; create table notes (id int primary key); grant select on notes to app;",
    );
    let test = [
        "rls", "test", "--format", "json", "--config", "rls.toml", "--source", "rls.sql",
    ];
    files.add("findings", "test.json", run(&test));
    for (name, bad) in [
        ("bad1.json", r#"{"version": 2, "findings": []}"#),
        ("bad2.json", r#"{"version": 1}"#),
        ("bad3.json", r#"{"version": 1, "findings": [{"rule": "x"}]}"#),
        ("bad4.json", r#"{"version": 1, "findings": [], "more": 1}"#),
    ] {
        files.add("findings", name, bad);
    }
    files.schema(
        "matrix",
        &folder,
        &["rls", "audit", "--matrix", "--format", "json-schema"],
    );
    files.add(
        "matrix",
        "matrix.json",
        run(&["rls", "audit", "--matrix", "--format", "json"]),
    );
    files.add("matrix", "bad.json", r#"{"version": 1, "matrix": [{"role": "r"}]}"#);
    files.schema("status", &folder, &["migrate", "status", "--format", "json-schema"]);
    files.add(
        "status",
        "pending.json",
        run(&["migrate", "status", "--format", "json"]),
    );
    files.add(
        "status",
        "fleet.json",
        run(&["migrate", "status", "--format", "json", "--fleet", "fleet.txt"]),
    );
    let edited = folder.read("migrations/20240101000000_first.sql") + "-- edited\n";
    folder.write("migrations/20240101000000_first.sql", edited);
    files.add("status", "edited.json", run(&["migrate", "verify", "--format", "json"]));
    files.add("status", "bad.json", r#"{"version": 1, "targets": [{}]}"#);
    assert_eq!(files.judged("json-formats"), 15);
    scratch.close().await.unwrap();
}

#[test]
fn every_pgkeel_toml_is_what_its_schema_says() {
    let folder = Folder::new("config-schema");
    let mut files = Files::default();
    files.schema("config", &folder, &["init", "--json-schema"]);
    assert!(!folder.path.join("pgkeel.toml").exists());
    let reference = pgkeel::config::REFERENCE;
    files.add("config", "reference.toml", reference);
    // Every setting switched on.
    let on = reference.lines().map(|line| match line.strip_prefix('#') {
        Some(setting) if !setting.starts_with([' ', '#']) => format!("{setting}\n"),
        _ => format!("{line}\n"),
    });
    let on = on.collect::<String>();
    files.add("config", "switched-on.toml", on.as_str());
    // Those of the repository.
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let listed = run(std::process::Command::new("git")
        .args(["ls-files", "*pgkeel.toml"])
        .current_dir(root))
    .unwrap();
    assert!(listed.lines().count() > 1, "{listed}");
    for (at, path) in listed.lines().enumerate() {
        files.add(
            "config",
            &format!("own{at}.toml"),
            std::fs::read_to_string(root.join(path)).unwrap(),
        );
    }
    let bad = [
        "more = 1",
        "[database]\nurl-emv = \"X\"",
        "[scope]\nschemas = \"public\"",
        "[[generate]]\nlang = \"cobol\"",
        "[[generate]]\nout = \"x\"",
        "[[generate]]\nlang = \"rust\"\nwire = \"postgrest\"",
        "[[generate]]\nlang = \"python\"\nversion = \"2.7\"",
        "[migrations]\nrenames = [{ from = \"a\" }]",
        "[rls]\narchetypes = { \"public.t\" = { column = \"x\" } }",
    ];
    for (at, text) in bad.iter().enumerate() {
        files.add("config", &format!("bad{at}.toml"), *text);
    }
    let (schema, count) = (files.0[0].1.clone(), files.0.len() - 1);
    assert_eq!(files.judged("config-schema"), count);
    // Every key is in the reference, too.
    let schema: Value = serde_json::from_str(&schema).unwrap();
    for (section, what) in schema["properties"].as_object().unwrap() {
        assert!(on.contains(&format!("[{section}")), "{section}");
        let name = what["allOf"][0]["$ref"]
            .as_str()
            .and_then(|name| name.split('/').next_back());
        let Some(keys) = name.and_then(|name| schema["definitions"][name]["properties"].as_object()) else {
            continue;
        };
        for key in keys.keys() {
            assert!(
                on.lines().any(|line| line.starts_with(&format!("{key} = "))),
                "[{section}] {key}"
            );
        }
    }
}

//! Types from a `build.rs`: in a place of the test's own, and in a real crate that cargo builds.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use pgkeel::build_script::{Options, Place};
use pgkeel::config::rust::{Datetime, Rust};
use pgkeel::config::{Config, Lang};

use crate::support::command::Folder;
use crate::support::database::database;
use crate::support::toolchain::{run, target_dir};

const SQL: &str = "create type mood as enum ('sad', 'ok');
create table people (id int primary key, name text check (name is not null), mood mood not null default 'ok');
";

/// What the feature `build` may bring along: nothing that connects, waits or parses SQL, Rust or a command line.
const LEAN: [&str; 22] = [
    "heck",
    "itoa",
    "memchr",
    "pgkeel",
    "proc-macro2",
    "quote",
    "ryu",
    "serde",
    "serde_core",
    "serde_derive",
    "serde_json",
    "serde_spanned",
    "smol_str",
    "strsim",
    "syn",
    "toml",
    "toml_datetime",
    "toml_parser",
    "toml_writer",
    "unicode-ident",
    "winnow",
    "zmij",
];

#[test]
fn the_types_are_those_that_generate_writes() {
    let out = Folder::new("build-script-example");
    let example = root().join("migrations-example");
    let lines = Options::new().run(&place(&example, &out, false)).unwrap();
    let written = out.read("database.rs");
    assert_eq!(
        written,
        std::fs::read_to_string(example.join("generated/database.rs")).unwrap()
    );
    let wanted = [
        "rerun-if-env-changed=PGKEEL_LIVE".to_owned(),
        format!("rerun-if-changed={}", example.join("pgkeel.toml").display()),
        format!("rerun-if-changed={}", example.join("schema.snapshot.json").display()),
    ];
    assert_eq!(lines[..3], wanted);
    // What sqlx cannot read is worth a line in every build.
    assert!(
        lines.len() == 4 && lines[3].starts_with("warning=public.profiles.working_hours: is a multirange"),
        "{lines:?}"
    );
    // The other languages of pgkeel.toml are not a build script's matter.
    assert_eq!(files(&out.path), ["database.rs"]);
    let before = modified(&out.path.join("database.rs"));
    Options::new().run(&place(&example, &out, false)).unwrap();
    assert_eq!(modified(&out.path.join("database.rs")), before);
    Options::new()
        .also(Lang::Python)
        .run(&place(&example, &out, false))
        .unwrap();
    assert_eq!(files(&out.path), ["database.py", "database.rs"]);
    let missing = Options::new().also(Lang::JsonSchema).run(&place(&example, &out, false));
    let message = missing.unwrap_err().to_string();
    assert!(message.contains("no [[generate]] entry for json-schema"), "{message}");
}

#[test]
fn options_do_without_a_pgkeel_toml() {
    let (package, out) = (Folder::new("build-script-options"), Folder::new("build-script-out"));
    let place = place(&package.path, &out, false);
    // Whatever lies above this folder is not the package's.
    let options = Options::new().config(Config::default());
    let error = options.run(&place).unwrap_err();
    let (message, hint) = (error.to_string(), error.hint().unwrap().to_owned());
    assert!(
        message.contains("there is no snapshot") && hint.contains("`pgkeel pull` writes it"),
        "{message}"
    );
    let snapshot = root().join("migrations-example/schema.snapshot.json");
    let rust = Rust {
        datetime: Datetime::Time,
        ..Rust::default()
    };
    let options = options.snapshot(&snapshot).rust(rust);
    let lines = options.run(&place).unwrap();
    assert_eq!(
        lines[..2],
        [
            "rerun-if-env-changed=PGKEEL_LIVE".to_owned(),
            format!("rerun-if-changed={}", snapshot.display())
        ]
    );
    let written = out.read("types.rs");
    assert!(written.contains("time::OffsetDateTime") && !written.contains("chrono"));
    // One folder for all: two files of one name would be one.
    package.write(
        "pgkeel.toml",
        "[[generate]]\nlang = \"rust\"\nout = \"a/db.rs\"\n[[generate]]\nlang = \"rust\"\nout = \"b/db.rs\"\n",
    );
    let error = Options::new().snapshot(&snapshot).run(&place).unwrap_err();
    assert!(error.to_string().contains("write db.rs into OUT_DIR"), "{error}");
    package.write("pgkeel.toml", "[scope]\nschemas = [\"pubic\"]\n");
    let error = Options::new().snapshot(&snapshot).run(&place).unwrap_err();
    assert_eq!(error.hint(), Some("did you mean `public`?"));
}

/// Runs itself a second time, without the folder that cargo gives to this package too.
#[test]
fn elsewhere_it_says_where_it_belongs() {
    if std::env::var_os("OUT_DIR").is_some() {
        let mut again = Command::new(std::env::current_exe().unwrap());
        again.args(["build_script::elsewhere_it_says_where_it_belongs", "--exact"]);
        run(again.env_remove("OUT_DIR")).unwrap();
        return;
    }
    let elsewhere = Options::new().generate().unwrap_err();
    assert!(
        format!("{elsewhere:?}").contains("hint: call this from a build.rs"),
        "{elsewhere:?}"
    );
}

/// Runs itself a second time, as the build script that has the variable.
#[tokio::test]
async fn a_live_database_is_read_only_where_that_is_asked_for() {
    const NAME: &str = "PGKEEL_BUILD_SCRIPT_URL";
    let (package, out) = (Folder::new("build-script-live"), Folder::new("build-script-live-out"));
    let options = Options::new().config(Config {
        database: pgkeel::config::Database {
            url_env: NAME.to_owned(),
            ..Default::default()
        },
        ..Config::default()
    });
    if std::env::var_os(NAME).is_some() {
        let lines = tokio::task::spawn_blocking(move || options.run(&place(&package.path, &out, true)));
        println!("{}", lines.await.unwrap().unwrap().join("\n"));
        return;
    }
    let error = options.run(&place(&package.path, &out, true)).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("PGKEEL_LIVE is set, and the environment variable PGKEEL_BUILD_SCRIPT_URL is not"),
        "{error}"
    );
    let scratch = database(SQL).await;
    let said = run(Command::new(std::env::current_exe().unwrap())
        .args([
            "build_script::a_live_database_is_read_only_where_that_is_asked_for",
            "--exact",
            "--nocapture",
        ])
        .env(NAME, scratch.url()))
    .unwrap();
    assert!(
        said.contains(&format!("rerun-if-env-changed={NAME}\nrerun-if-changed=pgkeel-live")),
        "{said}"
    );
    assert!(out.read("types.rs").contains("pub name: String,"));
}

#[test]
fn the_feature_brings_neither_driver_nor_runtime_nor_command_line() {
    for features in [&[][..], &["--features", "build"]] {
        let tree = run(Command::new(env!("CARGO"))
            .args(["tree", "--locked", "--package", "pgkeel", "--no-default-features"])
            .args(features)
            .args(["--edges", "normal,build", "--prefix", "none", "--format", "{p}"])
            .current_dir(root()))
        .unwrap();
        let found: BTreeSet<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
        let allowed = BTreeSet::from(LEAN);
        let strangers: Vec<_> = found.difference(&allowed).filter(|name| !name.is_empty()).collect();
        assert!(found.contains("pgkeel") && strangers.is_empty(), "{strangers:?}");
    }
}

#[tokio::test]
async fn a_crate_is_built_from_its_snapshot_and_again_only_when_that_changes() {
    let folder = Folder::new("build-script-crate");
    let manifest = format!(
        "[package]\nname = \"built-by-pgkeel\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
         [build-dependencies]\npgkeel = {{ path = {:?}, default-features = false, features = [\"build\"] }}\n",
        root()
    );
    folder.write("Cargo.toml", manifest);
    // The versions are those that are there already.
    folder.write("Cargo.lock", std::fs::read(root().join("Cargo.lock")).unwrap());
    folder.write(
        "build.rs",
        "fn main() {\n    pgkeel::build_script::generate().unwrap_or_else(|e| e.exit())\n}\n",
    );
    folder.write(
        "pgkeel.toml",
        "[[generate]]\nlang = \"rust\"\nstyle = \"plain\"\nserde = false\nout = \"src/db.rs\"\n",
    );
    folder.write(
        "src/main.rs",
        "mod db {\n    include!(concat!(env!(\"OUT_DIR\"), \"/db.rs\"));\n}\nfn main() {\n    \
         let mood = db::public::Mood::Ok;\n    let person = db::public::People { id: 1, name: String::new(), mood };\n    \
         println!(\"{person:?}\");\n    \
         assert_eq!(include_str!(concat!(env!(\"OUT_DIR\"), \"/db.rs\")), include_str!(\"db.rs\"));\n}\n",
    );
    let cargo = |arguments: &[&str], environment: &[(&str, &str)]| {
        let mut command = Command::new(env!("CARGO"));
        command.args(arguments).arg("--offline").current_dir(&folder.path);
        command.arg("--target-dir").arg(target_dir().join("golden-crate"));
        command.env_remove("RUSTFLAGS").envs(environment.iter().copied());
        let output = command.output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        (
            output.status.success(),
            String::from_utf8(output.stdout).unwrap() + &said,
        )
    };
    // Without a snapshot: what is missing, and what writes it, once and without a backtrace.
    let (built, said) = cargo(&["build"], &[]);
    assert!(!built && said.contains("error: there is no snapshot "), "{said}");
    assert!(
        said.contains("hint: `pgkeel pull` writes it") && said.contains("(exit status: 2)"),
        "{said}"
    );
    folder.write("migrations/1_a.sql", SQL);
    folder.run(&["pull"]).succeeds();
    let snapshot = folder.read("schema.snapshot.json");
    // The lean build writes what the command writes, also where only a CHECK says that a column is never NULL.
    folder.run(&["generate", "--source", "schema.snapshot.json"]).succeeds();
    let sources = files(&folder.path);
    let (ran, said) = cargo(&["run"], &[]);
    assert!(ran && said.contains("People { id: 1, name: \"\", mood: Ok }"), "{said}");
    assert_eq!(files(&folder.path), sources, "something was written beside the sources");
    let is_fresh = |environment: &[(&str, &str)]| {
        let (built, said) = cargo(&["build", "--verbose"], environment);
        assert!(built, "{said}");
        said.contains("Fresh built-by-pgkeel ")
    };
    assert!(is_fresh(&[]));
    folder.write("migrations/2_b.sql", "-- nothing\n");
    folder.write("README.md", "Read me.\n");
    assert!(is_fresh(&[("DATABASE_URL", "postgres://nobody@127.0.0.1:1/none")]));
    folder.write("schema.snapshot.json", snapshot.replace("\"sad\"", "\"glum\""));
    assert!(!is_fresh(&[]) && is_fresh(&[]));
    folder.write("schema.snapshot.json", snapshot.replace("people", "persons"));
    let (built, said) = cargo(&["build"], &[]);
    assert!(!built && said.contains("cannot find"), "{said}");
    // What it cannot do it says, and does not do something else instead.
    let (built, said) = cargo(&["build"], &[("PGKEEL_LIVE", "1")]);
    assert!(
        !built && said.contains("this build of pgkeel cannot read a database"),
        "{said}"
    );
}

fn place(package: &Path, out: &Folder, live: bool) -> Place {
    Place {
        package: package.to_owned(),
        out: out.path.clone(),
        live,
    }
}

/// The files of a folder, by name.
fn files(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn modified(path: &Path) -> std::time::SystemTime {
    std::fs::metadata(path).unwrap().modified().unwrap()
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

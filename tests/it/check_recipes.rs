//! The recipes of `docs/ci`, run as a CI service runs them, and the workflows that make a release.

use std::path::{Path, PathBuf};
use std::process::Command;

use pgkeel::scratch::{Options, Platform};
use serde_json::Value;
use sqlx::Executor as _;

use crate::check::project;
use crate::support::command::Folder;
use crate::support::database::{database, database_on};
use crate::support::toolchain::{python, run};

/// A machine of a CI service: a home of its own, and a project that was checked out.
struct Machine<'a> {
    folder: &'a Folder,
    /// Where everything else is: the home, the release's archive, what is on the path besides the system's.
    beside: Folder,
    /// What stands in the place of `${{ … }}`, and the service's own variables.
    values: Vec<(&'static str, String)>,
}

/// What a step gave.
#[derive(Debug)]
struct Step {
    code: i32,
    output: String,
}

impl<'a> Machine<'a> {
    fn new(folder: &'a Folder, name: &str) -> Self {
        let beside = Folder::new(&format!("machine-{name}"));
        for name in ["home/.local/bin", "bin", "built"] {
            std::fs::create_dir_all(beside.path.join(name)).unwrap();
        }
        let archive = package(&beside);
        Self {
            folder,
            beside,
            values: vec![("PGKEEL_URL", format!("file://{}", archive.display()))],
        }
    }

    fn given(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.values.push((name, value.into()));
        self
    }

    fn value(&self, name: &str) -> &str {
        let found = self.values.iter().find(|(known, _)| *known == name);
        found.map_or_else(|| panic!("the recipe needs {name}"), |(_, value)| value)
    }

    /// The value with what stands for `${{ secrets.NAME }}` and `${{ vars.NAME }}`.
    fn filled(&self, text: &str) -> String {
        match text.strip_prefix("${{").and_then(|rest| rest.strip_suffix("}}")) {
            None => text.to_owned(),
            Some(inner) => self.value(inner.trim().split('.').next_back().unwrap()).to_owned(),
        }
    }

    fn script(&self, script: &str, env: &[(String, String)]) -> Step {
        let path = |name: &str| self.beside.path.join(name);
        let lines = |name: &str| std::fs::read_to_string(path(name)).unwrap_or_default();
        let mut search = lines("github_path").lines().map(PathBuf::from).collect::<Vec<_>>();
        search.push(path("bin"));
        search.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap()));
        let mut command = Command::new("bash");
        command
            .args(["-e", "-c", script])
            .current_dir(&self.folder.path)
            .env_clear();
        for name in ["PGKEEL_PG_BIN", "PGKEEL_CACHE_DIR"] {
            command.envs(std::env::var_os(name).map(|value| (name, value)));
        }
        command
            .env("PATH", std::env::join_paths(search).unwrap())
            .env("HOME", path("home"))
            .env("GITHUB_PATH", path("github_path"))
            .env("GITHUB_ENV", path("github_env"))
            .env("GITHUB_HEAD_REF", "feature");
        command.envs(env.iter().cloned());
        command.envs(lines("github_env").lines().map(|line| line.split_once('=').unwrap()));
        let output = command.output().unwrap();
        Step {
            code: output.status.code().unwrap(),
            output: [output.stdout, output.stderr]
                .map(|text| String::from_utf8_lossy(&text).into_owned())
                .concat(),
        }
    }

    /// Runs a job of GitHub Actions up to its first failure, which is what it gives; else its last step.
    fn github(&self, recipe: &Value, job: &str) -> Step {
        let job = &recipe["jobs"][job];
        let env = |of: &Value| {
            let pairs = of["env"].as_object().into_iter().flatten();
            let pairs = pairs.map(|(name, value)| (name.clone(), self.filled(value.as_str().unwrap())));
            pairs.collect::<Vec<_>>()
        };
        let mut last = None;
        for step in job["steps"].as_array().unwrap() {
            let Some(script) = step["run"].as_str() else { continue };
            let ran = self.script(script, &[env(job), env(step)].concat());
            if ran.code != 0 {
                return ran;
            }
            last = Some(ran);
        }
        last.unwrap()
    }

    /// Runs a job of GitLab: all of it is one script.
    fn gitlab(&self, recipe: &Value, job: &str, shadow: &str) -> Step {
        let job = &recipe[job];
        let base = &recipe[job["extends"].as_str().unwrap()];
        let lines = [&base["before_script"], &job["script"]].into_iter();
        let lines = lines
            .flat_map(|lines| lines.as_array().unwrap())
            .map(|line| line.as_str().unwrap());
        let mut env = vec![("PGKEEL_URL".to_owned(), self.value("PGKEEL_URL").to_owned())];
        if job["variables"]["SHADOW_DATABASE_URL"].is_string() {
            env.push(("SHADOW_DATABASE_URL".to_owned(), shadow.to_owned()));
        }
        if job["rules"][0]["if"].as_str().unwrap().contains("schedule") {
            env.push(("DATABASE_URL".to_owned(), self.value("DATABASE_URL").to_owned()));
        }
        self.script(&lines.collect::<Vec<_>>().join("\n"), &env)
    }
}

/// A release's archive, made by what makes releases, with a stand-in that calls the binary under test.
fn package(beside: &Folder) -> PathBuf {
    let stand_in = format!("#!/bin/sh\nexec '{}' \"$@\"\n", env!("CARGO_BIN_EXE_pgkeel"));
    beside.write("built/pgkeel", stand_in);
    run(Command::new("chmod").arg("+x").arg(beside.path.join("built/pgkeel"))).unwrap();
    let name = beside.path.join("archive");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join(".ci/package");
    run(Command::new(script).arg(beside.path.join("built")).arg(&name)).unwrap();
    let archive = name.with_extension("tar.gz");
    let listed = run(Command::new("tar").arg("-tzf").arg(&archive)).unwrap();
    for name in [
        "pgkeel",
        "pgkeel.1",
        "pgkeel.bash",
        "pgkeel.zsh",
        "pgkeel.fish",
        "CHANGELOG.md",
        "LICENSE-MIT",
    ] {
        assert!(listed.lines().any(|line| line == name), "no {name}: {listed}");
    }
    archive
}

fn text(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// A YAML file as JSON.
fn yaml(path: &str) -> Value {
    const READ: &str = "import json, yaml\nprint(json.dumps(yaml.safe_load(open('file.yml'))))\n";
    let files = [("file.yml", text(path)), ("read.py", READ.to_owned())];
    let name = format!("yaml-{}", path.replace(['/', '.'], "-"));
    serde_json::from_str(&python(&name, &files, "read.py", &[]).unwrap()).unwrap()
}

const MORE: &str = "alter table users add nickname text;";

#[tokio::test(flavor = "multi_thread")]
async fn github() {
    let (folder, scratch) = project("github").await;
    let machine = Machine::new(&folder, "github").given("DATABASE_URL", scratch.url());
    let recipe = yaml("docs/ci/github.yml");
    for job in ["committed", "deployed"] {
        let ran = machine.github(&recipe, job);
        assert_eq!(ran.code, 0, "{job}: {ran:?}");
    }
    let sarif: Value = serde_json::from_str(&folder.read("pgkeel.sarif")).unwrap();
    assert_eq!(sarif["runs"][0]["results"], Value::Array(Vec::new()));
    folder.write("migrations/20240102000000_more.sql", MORE);
    let ran = machine.github(&recipe, "committed");
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(
        ran.output.contains("::error ") && ran.output.contains("title=migrations-differ"),
        "{ran:?}"
    );
    let ran = machine.github(&recipe, "deployed");
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(folder.read("pgkeel.sarif").contains("history-pending"));
    scratch.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn gitlab() {
    let (folder, scratch) = project("gitlab").await;
    let shadow = database("").await;
    // As every server has it but those of pgkeel's own.
    let mut conn = shadow.connect().await.unwrap();
    conn.execute("create database template0 template postgres")
        .await
        .unwrap();
    drop(conn);
    let machine = Machine::new(&folder, "gitlab").given("DATABASE_URL", scratch.url());
    let recipe = yaml("docs/ci/gitlab.yml");
    for job in ["committed", "deployed"] {
        let ran = machine.gitlab(&recipe, job, &shadow.url());
        assert_eq!(ran.code, 0, "{job}: {ran:?} {}", folder.read("pgkeel.xml"));
        assert!(folder.read("pgkeel.xml").contains("failures=\"0\""));
    }
    folder.write("migrations/20240102000000_more.sql", MORE);
    for (job, rule) in [("committed", "migrations-differ"), ("deployed", "history-pending")] {
        let ran = machine.gitlab(&recipe, job, &shadow.url());
        assert_eq!(ran.code, 1, "{job}: {ran:?}");
        let report = folder.read("pgkeel.xml");
        assert!(report.contains(rule) && report.contains("failures=\"1\""), "{report}");
    }
    scratch.close().await.unwrap();
    shadow.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn supabase() {
    const SCHEMA: &str = "create table public.notes (id uuid primary key, owner uuid references auth.users, body text);
create index on public.notes (owner);
alter table public.notes enable row level security;
create policy own on public.notes to authenticated using (owner = (select auth.uid()));
";
    let scratch = database_on(
        &Options {
            platform: Platform::Supabase,
            ..Options::default()
        },
        "",
    )
    .await;
    let folder = Folder::new("recipe-supabase");
    folder
        .write("supabase/config.toml", "project_id = \"recipe\"\n")
        .write("supabase/migrations/20240101000000_notes.sql", SCHEMA);
    // Migrations are run there by the role that is no superuser.
    let url = scratch.url().replacen("supabase_admin", "postgres", 1);
    folder.run(&["migrate", "up", "--database", &url]).succeeds();
    folder.run(&["pull"]).succeeds();
    let machine = Machine::new(&folder, "supabase")
        .given("SUPABASE_ACCESS_TOKEN", "token")
        .given("SUPABASE_PROJECT_ID", "recipe");
    // Stands in for Supabase's own command, as far as the recipe uses it.
    let answer = format!(
        "#!/bin/sh\n[ \"$*\" = '--experimental branches get feature --project-ref recipe --output env' ] || exit 9\n\
         echo 'SUPABASE_URL=\"none\"'\necho 'POSTGRES_URL=\"{url}\"'\n"
    );
    machine.beside.write("bin/supabase", answer);
    run(Command::new("chmod")
        .arg("+x")
        .arg(machine.beside.path.join("bin/supabase")))
    .unwrap();
    let recipe = yaml("docs/ci/supabase.yml");
    let ran = machine.github(&recipe, "preview");
    assert_eq!(ran.code, 0, "{ran:?}");
    let mut conn = scratch.connect().await.unwrap();
    conn.execute("alter table public.notes disable row level security")
        .await
        .unwrap();
    let ran = machine.github(&recipe, "preview");
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.output.contains("title=live-differs"), "{ran:?}");
    scratch.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn hooks() {
    let (folder, scratch) = project("hooks").await;
    let machine = Machine::new(&folder, "hooks");
    folder.write(".githooks/pre-commit", text("docs/ci/pre-commit"));
    run(Command::new("ln")
        .arg("-s")
        .arg(machine.beside.path.join("built/pgkeel"))
        .arg(machine.beside.path.join("bin/pgkeel")))
    .unwrap();
    let git = "git init -q . && git config user.name n && git config user.email n@example.com
        chmod +x .githooks/pre-commit && git config core.hooksPath .githooks";
    assert_eq!(machine.script(git, &[]).code, 0);
    let commit = "git add -A && git commit -qm change";
    let ran = machine.script(commit, &[]);
    assert_eq!(ran.code, 0, "{ran:?}");
    folder.write("migrations/20240102000000_more.sql", MORE);
    let ran = machine.script(commit, &[]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.output.contains("migrations-differ"), "{ran:?}");
    // What is not of the schema does not wait for it.
    let ran = machine.script(
        "git reset -q && echo note > note.txt && git add note.txt && git commit -qm note",
        &[],
    );
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(!ran.output.contains("migrations"), "{ran:?}");
    let hook = &yaml("docs/ci/pre-commit-config.yaml")["repos"][0]["hooks"][0];
    assert_eq!(machine.script(hook["entry"].as_str().unwrap(), &[]).code, 1);
    let files = regex::Regex::new(hook["files"].as_str().unwrap()).unwrap();
    for (name, counts) in [
        ("migrations/1_a.sql", true),
        ("db/schema.snapshot.json", true),
        ("pgkeel.toml", true),
        ("a.rs", false),
    ] {
        assert_eq!(files.is_match(name), counts, "{name}");
    }
    scratch.close().await.unwrap();
}

#[test]
fn workflows_name_what_is_there() {
    for path in [".github/workflows/ci.yml", ".github/workflows/release.yml"] {
        for (job, what) in yaml(path)["jobs"].as_object().unwrap() {
            for step in what["steps"].as_array().unwrap() {
                let Some(script) = step["run"].as_str() else { continue };
                run(Command::new("bash").args(["-n", "-c", script]))
                    .unwrap_or_else(|error| panic!("{path}, {job}: {error}"));
                for word in script.split_whitespace().filter(|word| word.starts_with(".ci/")) {
                    assert!(
                        Path::new(env!("CARGO_MANIFEST_DIR")).join(word).is_file(),
                        "{path}: {word}"
                    );
                }
            }
        }
    }
}

//! Policies that are inferred are run as the roles that they are for: nothing leaks, and nothing is held up.
//!
//! A case is a file of SQL: a schema, what fills it, and probes with what they have to give. `'a'`, `'b'`, `'c'` and
//! `'x'` stand for the keys of four users.

mod command;

use std::path::{Path, PathBuf};

use pgkeel::scratch::{Options, Platform, Scratch};
use serde::Deserialize;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use crate::diff::apply;
use crate::support::command::{Folder, Ran};
use crate::support::database::database_on;
use crate::support::servers::{installable_majors, pg_bin};

/// Keys of users, by the letters that stand for them.
const USERS: [(&str, &str); 4] = [
    ("a", "11111111-1111-1111-1111-111111111111"),
    ("b", "22222222-2222-2222-2222-222222222222"),
    ("c", "33333333-3333-3333-3333-333333333333"),
    ("x", "99999999-9999-9999-9999-999999999999"),
];

#[tokio::test]
async fn each_kind_of_table_gets_its_policies() {
    for path in files() {
        Case::read(&path).holds(&[]).await;
    }
}

/// Small schemas as projects write them, many to a file: none leaks, and what is not certain is denied.
mod wide {
    use super::Case;

    #[tokio::test]
    async fn rows_of_users() {
        hold(include_str!("wide/owners.sql")).await;
    }

    #[tokio::test]
    async fn rows_of_tenants() {
        hold(include_str!("wide/tenants.sql")).await;
    }

    #[tokio::test]
    async fn rows_of_servers() {
        hold(include_str!("wide/machinery.sql")).await;
    }

    #[tokio::test]
    async fn rows_by_more_than_one_thing() {
        hold(include_str!("wide/more.sql")).await;
    }

    #[tokio::test]
    async fn plain_databases_and_roles() {
        hold(include_str!("wide/plain.sql")).await;
    }

    /// Runs every case of a file before it says what failed.
    async fn hold(text: &str) {
        let mut wrong = Vec::new();
        for case in Case::all(text) {
            wrong.extend(case.tried(&[]).await.1);
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    }
}

#[tokio::test]
async fn newer_servers_get_the_same_policies_and_pass_the_same_test() {
    let chosen = [
        "abac",
        "chain",
        "members",
        "partitions",
        "plain",
        "public",
        "roles",
        "tenants",
    ];
    for major in [17, 18]
        .into_iter()
        .filter(|major| installable_majors().contains(major))
    {
        for path in files() {
            if !chosen.contains(&path.file_stem().unwrap().to_str().unwrap()) {
                continue;
            }
            let mut case = Case::read(&path);
            case.name = format!("{}-{major}", case.name);
            case.programs = Some(pg_bin(major));
            case.holds(&[]).await;
            let (scratch, folder, _) = case.written(&[]).await;
            let tested = case.run(&folder, &["rls", "test", "--database", &scratch.url()]);
            assert_eq!(tested.code, 0, "{}: {}{}", case.name, tested.stdout, tested.stderr);
        }
    }
}

#[tokio::test]
async fn other_peoples_kinds_of_tables_get_theirs() {
    let Some(cases) = other_peoples() else {
        println!("PGKEEL_CORPUS is not set: other people's kinds of tables are not tested");
        return;
    };
    for case in cases {
        case.holds(&[]).await;
    }
}

/// Other people's kinds, where they are.
pub(super) fn other_peoples() -> Option<Vec<Case>> {
    let corpus = PathBuf::from(std::env::var_os("PGKEEL_CORPUS")?);
    let read = |path: &str| std::fs::read_to_string(corpus.join(path)).unwrap();
    let prelude = read("splinter/prelude.sql");
    let kinds = read("rls/archetypes.jsonl");
    let cases = kinds.lines().map(|line| {
        let kind: Kind = serde_json::from_str(line).unwrap();
        Case {
            name: format!("corpus-{}", kind.id),
            schema: format!("{prelude}\n{}", kind.schema_sql),
            seed: kind.seed_sql,
            config: String::new(),
            platform: Platform::None,
            probes: kind.probes,
            programs: None,
        }
    });
    Some(cases.collect())
}

/// A line of other people's kinds.
#[derive(Deserialize)]
struct Kind {
    id: String,
    schema_sql: String,
    seed_sql: String,
    probes: Vec<Probe>,
}

/// What is run as whom: the role, the user's key, more claims, the statement, and what it has to give.
#[derive(Deserialize)]
pub(super) struct Probe(
    String,
    Option<String>,
    serde_json::Map<String, serde_json::Value>,
    pub(super) String,
    serde_json::Value,
);

pub(super) struct Case {
    pub(super) name: String,
    schema: String,
    pub(super) seed: String,
    pub(super) config: String,
    platform: Platform,
    pub(super) probes: Vec<Probe>,
    /// The folder of the server's programs, where it is not the usual one.
    programs: Option<PathBuf>,
}

/// The files of cases.
pub(super) fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/rls/stubs");
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files = entries.collect::<Vec<_>>();
    files.retain(|path| path.extension().is_some_and(|ending| ending == "sql"));
    files.sort();
    assert!(files.len() > 15);
    files
}

impl Case {
    pub(super) fn read(path: &Path) -> Self {
        let name = path.file_stem().unwrap().to_string_lossy();
        Self::parse(&name, &std::fs::read_to_string(path).unwrap())
    }

    /// The cases of a file with many, each behind its name.
    pub(super) fn all(text: &str) -> Vec<Self> {
        let cases = text.split("--# ").skip(1).map(|text| {
            let (name, text) = text.split_once('\n').unwrap();
            Self::parse(&name.replace(' ', "-"), text)
        });
        cases.collect()
    }

    fn parse(name: &str, text: &str) -> Self {
        let mut case = Self {
            name: name.to_owned(),
            schema: String::new(),
            seed: String::new(),
            config: String::new(),
            platform: Platform::Supabase,
            probes: Vec::new(),
            programs: None,
        };
        let mut in_seed = false;
        for line in text.lines() {
            if let Some(line) = line.strip_prefix("--! ") {
                case.config.push_str(&format!("{line}\n"));
            } else if line == "--= plain" {
                case.platform = Platform::None;
            } else if line == "--@ seed" {
                in_seed = true;
            } else if let Some(line) = line.strip_prefix("--? ") {
                case.probes.push(probe(line));
            } else if in_seed {
                case.seed.push_str(&format!("{line}\n"));
            } else {
                case.schema.push_str(&format!("{line}\n"));
            }
        }
        case.seed = spelled(&case.seed);
        if case.platform == Platform::Supabase {
            let users = USERS
                .map(|(letter, key)| format!("('{key}', '{letter}@example.com')"))
                .join(", ");
            case.seed = format!("insert into auth.users (id, email) values {users};\n{}", case.seed);
        }
        case
    }

    /// Applies what is printed, and runs the probes; run again, it has nothing to say. Gives what was printed first.
    async fn holds(&self, more: &[&str]) -> Ran {
        let (ran, wrong) = self.tried(more).await;
        assert!(wrong.is_none(), "{}", wrong.unwrap_or_default());
        ran
    }

    /// As [`Self::holds`], with what does not hold.
    async fn tried(&self, more: &[&str]) -> (Ran, Option<String>) {
        let (scratch, folder, ran) = self.written(more).await;
        apply(&scratch, &self.seed).unwrap_or_else(|error| panic!("{}: {error}", self.name));
        let wrong = self.judged(&scratch, &ran).await;
        let again = self.stubs(&folder, &scratch, &[]);
        let said = (again.code, again.stdout.as_str());
        assert_eq!(said, (0, ""), "{} again: {}", self.name, again.stderr);
        (ran, wrong)
    }

    /// A database with what is printed, and what that was.
    pub(super) async fn written(&self, more: &[&str]) -> (Scratch, Folder, Ran) {
        let scratch = self.database().await;
        let folder = Folder::new(&format!("rls-{}", self.name));
        folder.write("pgkeel.toml", &self.config);
        let ran = self.stubs(&folder, &scratch, more);
        assert_eq!(ran.code, 1, "{}: {}", self.name, ran.stderr);
        apply(&scratch, &ran.stdout).unwrap();
        (scratch, folder, ran)
    }

    async fn database(&self) -> Scratch {
        let options = Options {
            platform: self.platform,
            pg_bin: self.programs.clone(),
            ..Options::default()
        };
        database_on(&options, &self.schema).await
    }

    fn stubs(&self, folder: &Folder, scratch: &Scratch, more: &[&str]) -> Ran {
        let url = scratch.url();
        let mut arguments = vec!["rls", "stubs", "--source", &url, "--verbose"];
        if self.platform == Platform::Supabase {
            arguments.extend(["--platform", "supabase"]);
        }
        arguments.extend(more);
        self.run(folder, &arguments)
    }

    /// Runs the binary with the server's programs.
    fn run(&self, folder: &Folder, arguments: &[&str]) -> Ran {
        let programs = self.programs.iter().map(|dir| ("PGKEEL_PG_BIN", dir.to_str().unwrap()));
        folder.run_with(arguments, &programs.collect::<Vec<_>>())
    }

    /// Runs the probes: which of them give something else than they have to.
    async fn judged(&self, scratch: &Scratch, ran: &Ran) -> Option<String> {
        assert!(!self.probes.is_empty(), "{}", self.name);
        let mut wrong = Vec::new();
        for probe in &self.probes {
            let got = probe.run(scratch).await;
            if got != probe.4 {
                wrong.push(format!(
                    "{} as {} {:?}: {got}, not {}",
                    probe.3, probe.0, probe.1, probe.4
                ));
            }
        }
        let said = || format!("{}:\n{}\n{}\n{}", self.name, wrong.join("\n"), ran.stderr, ran.stdout);
        (!wrong.is_empty()).then(said)
    }
}

impl Probe {
    /// What the statement gives: how many rows it counts or touches, `deny`, or another error.
    async fn run(&self, scratch: &Scratch) -> serde_json::Value {
        let mut connection = scratch.connect().await.unwrap();
        let mut transaction = connection.begin().await.unwrap();
        self.run_within(&mut transaction).await
    }

    /// As [`Self::run`], in a transaction that is rolled back.
    pub(super) async fn run_within(&self, transaction: &mut PgConnection) -> serde_json::Value {
        let Self(role, user, claims, sql, _) = self;
        let mut token = claims.clone();
        token.insert("role".to_owned(), role.as_str().into());
        token.extend(user.iter().map(|user| ("sub".to_owned(), user.as_str().into())));
        let mut settings = vec![("request.jwt.claims".to_owned(), serde_json::to_string(&token).unwrap())];
        settings.extend(user.iter().map(|user| ("app.current_user_id".to_owned(), user.clone())));
        let texts = claims
            .iter()
            .filter_map(|(name, value)| Some((format!("app.{name}"), value.as_str()?.to_owned())));
        settings.extend(texts);
        let mut setup = format!("set local role \"{role}\";");
        for (name, value) in settings {
            setup.push_str(&format!("set local {name} = '{}';", value.replace('\'', "''")));
        }
        run(transaction, &setup).await.unwrap();
        let outcome = if sql.starts_with("select count") {
            let count = sqlx::query_scalar::<_, i64>(AssertSqlSafe(sql.as_str()))
                .fetch_one(&mut *transaction)
                .await;
            count.map(|count| count.unsigned_abs())
        } else {
            run(transaction, sql).await
        };
        match outcome {
            Ok(rows) => rows.into(),
            Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some("42501") => "deny".into(),
            Err(error) => error.to_string().into(),
        }
    }
}

/// Reads `role user claims wanted statement`.
fn probe(line: &str) -> Probe {
    let parts = line.splitn(5, ' ').collect::<Vec<_>>();
    let [role, user, claims, wanted, sql] = parts.as_slice() else {
        panic!("{line}")
    };
    let key = |letter: &str| {
        USERS
            .iter()
            .find(|(known, _)| *known == letter)
            .map_or(letter, |(_, key)| *key)
            .to_owned()
    };
    let claims = USERS.iter().fold((*claims).to_owned(), |claims, (letter, key)| {
        claims.replace(&format!("\"{letter}\""), &format!("\"{key}\""))
    });
    Probe(
        (*role).to_owned(),
        (*user != "-").then(|| key(user)),
        serde_json::from_str(&claims).unwrap(),
        spelled(sql),
        wanted.parse::<u64>().map_or_else(|_| (*wanted).into(), Into::into),
    )
}

/// The SQL with the keys that letters stand for, alone or as the first part of a path.
fn spelled(sql: &str) -> String {
    USERS.iter().fold(sql.to_owned(), |sql, (letter, key)| {
        sql.replace(&format!("'{letter}'"), &format!("'{key}'"))
            .replace(&format!("'{letter}/"), &format!("'{key}/"))
    })
}

async fn run(connection: &mut PgConnection, sql: &str) -> sqlx::Result<u64> {
    let done = sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await?;
    Ok(done.rows_affected())
}

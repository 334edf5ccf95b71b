//! `pgkeel check`: what differs is found, in whatever pair, and what could not be compared is never clean.

use pgkeel::scratch::Scratch;
use serde_json::Value;
use sqlx::Executor as _;

use crate::support::command::{Folder, Ran};
use crate::support::database::database;

const SCHEMA: &str = "create type mood as enum ('ok', 'bad');
create table users (id int primary key, name varchar(40) not null default 'x', mood mood, check (name in ('x', 'y')));
create view names as select id, name from users where mood is not null;
comment on table users is 'people';
alter table users enable row level security;
create policy own on users using (name = current_user);
";
const CONFIG: &str = "[[generate]]\nlang = \"json-schema\"\n";

/// A project with migrations, a snapshot and generated files, and a database that has run the migrations.
pub(crate) async fn project(name: &str) -> (Folder, Scratch) {
    let scratch = database("").await;
    let folder = Folder::new(&format!("check-{name}"));
    folder
        .write("pgkeel.toml", CONFIG)
        .write("migrations/20240101000000_first.sql", SCHEMA);
    with(&folder, &scratch, &["migrate", "up"]).succeeds();
    folder.run(&["pull"]).succeeds();
    folder.run(&["generate"]).succeeds();
    (folder, scratch)
}

fn with(folder: &Folder, scratch: &Scratch, words: &[&str]) -> Ran {
    folder.run_with(words, &[("DATABASE_URL", &scratch.url())])
}

/// The findings as `rule: subject: message`.
fn found(ran: &Ran) -> Vec<String> {
    let document: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{ran:?}"));
    assert_eq!(document["version"], 1);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let line = |finding: &Value| {
        let [rule, subject, message] = ["rule", "subject", "message"].map(|key| text(&finding[key]));
        assert!(finding["hint"].is_string(), "what mends {finding}?");
        format!("{rule}: {subject}: {message}")
    };
    document["findings"].as_array().unwrap().iter().map(line).collect()
}

/// The outcome of each pair, as `pair outcome`.
fn outcomes(ran: &Ran) -> Vec<String> {
    let document: Value = serde_json::from_str(&ran.stdout).unwrap();
    let line = |one: &Value| format!("{} {}", one["pair"].as_str().unwrap(), one["outcome"].as_str().unwrap());
    document["comparisons"].as_array().unwrap().iter().map(line).collect()
}

const JSON: [&str; 3] = ["check", "--format", "json"];

#[tokio::test(flavor = "multi_thread")]
async fn what_is_the_same_is_clean() {
    let (folder, scratch) = project("clean").await;
    let ran = with(&folder, &scratch, &["check"]);
    ran.succeeds();
    assert!(ran.stdout.contains("nothing found"), "{ran:?}");
    for pair in ["history", "live", "migrations", "generated"] {
        assert!(ran.stderr.contains(&format!("{pair}: ")), "{}", ran.stderr);
    }
    assert_eq!(ran.stderr.matches("are the same").count(), 4, "{}", ran.stderr);
    // As PostgreSQL writes what it wrote itself before, such as `IN` over varchar.
    let mut conn = scratch.connect().await.unwrap();
    let restored = "alter table users drop constraint users_name_check, add constraint users_name_check
        check (((name)::text = any (array['x'::character varying, 'y'::character varying]::text[])))";
    conn.execute(restored).await.unwrap();
    with(&folder, &scratch, &["check"]).succeeds();
    scratch.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_was_changed_by_hand_is_found_with_both_sides() {
    let (folder, scratch) = project("live").await;
    let mut conn = scratch.connect().await.unwrap();
    let by_hand = "alter table users alter id type bigint, drop column mood cascade, disable row level security;
        alter policy own on users using (true); create table hotfix (id int primary key); comment on table users is null;
        grant select on users to public; create or replace function f() returns int language sql as 'select 1'";
    conn.execute(by_hand).await.unwrap();
    let ran = with(&folder, &scratch, &JSON);
    assert_eq!(ran.code, 1, "{ran:?}");
    let wanted = [
        "live-differs: column public.users.id: its type is `bigint` in the database, and `integer` in the snapshot",
        "live-differs: column public.users.mood: is in the snapshot, and not in the database",
        "live-differs: policy own on public.users: its using is `true` in the database, and `((name)::text = CURRENT_USER)` in the snapshot",
        "live-differs: routine public.f(): is in the database, and not in the snapshot",
        "live-differs: table public.hotfix: is in the database, and not in the snapshot",
        "live-differs: table public.users: its row security is not set in the database, and `yes` in the snapshot; its comment is \
         not set in the database, and `people` in the snapshot; its privileges of PUBLIC are `select` in the database, and not set in the snapshot",
        "live-differs: view public.names: is in the snapshot, and not in the database",
    ];
    assert_eq!(found(&ran), wanted, "{}", ran.stderr);
    assert_eq!(
        outcomes(&ran),
        [
            "history compared",
            "live compared",
            "migrations compared",
            "generated compared"
        ]
    );
    // At the line of the snapshot.
    let document: Value = serde_json::from_str(&ran.stdout).unwrap();
    let at = &document["findings"][0]["location"];
    let line = usize::try_from(at["line"].as_u64().unwrap()).unwrap();
    let snapshot = folder.read("schema.snapshot.json");
    let line = snapshot.lines().nth(line - 1).unwrap();
    assert!(line.starts_with(r#"{"relation":"public.users","name":"id""#), "{line}");
    // What mends it, mends it.
    with(&folder, &scratch, &["pull"]).succeeds();
    with(&folder, &scratch, &["check", "--only", "live"]).succeeds();
    // Accepted by name.
    let ran = with(
        &folder,
        &scratch,
        &["check", "--allow", "migrations_differ", "--allow", "generated-stale"],
    );
    ran.succeeds();
    with(&folder, &scratch, &["check", "--allow", "migration-differs"]).fails(
        "--allow: there is no rule `migration-differs`",
        "did you mean `migrations-differ`?",
    );
    scratch.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_migration_is_found_everywhere_it_is_not_yet() {
    let (folder, scratch) = project("migrations").await;
    folder.write(
        "migrations/20240102000000_more.sql",
        "alter table users add nickname text;",
    );
    let ran = with(&folder, &scratch, &JSON);
    assert_eq!(ran.code, 1, "{ran:?}");
    let wanted = [
        "migrations-differ: column public.users.nickname: is in the migrations, and not in the snapshot",
        "history-pending: migration 20240102000000: 20240102000000 is in the folder, and was not run on the database",
    ];
    assert_eq!(found(&ran), wanted);
    let ran = with(&folder, &scratch, &["check", "--only", "history"]);
    assert!(ran.stdout.contains("pgkeel migrate up"), "{ran:?}");
    let ran = with(&folder, &scratch, &["check", "--only", "history", "--fail-on", "error"]);
    ran.succeeds();
    // The commands that are named mend it.
    folder.run(&["pull", "--source", "migrations"]).succeeds();
    with(&folder, &scratch, &["migrate", "up"]).succeeds();
    folder.run(&["generate"]).succeeds();
    with(&folder, &scratch, &["check"]).succeeds();
    // What was run is edited.
    folder.write("migrations/20240101000000_first.sql", format!("{SCHEMA}-- more\n"));
    let ran = with(&folder, &scratch, &JSON);
    assert_eq!(
        found(&ran),
        ["migration-edited: migration 20240101000000: the file of 20240101000000 was changed after it was run"]
    );
    scratch.close().await.unwrap();
}

#[test]
fn generated_files_are_held_against_the_snapshot() {
    let folder = Folder::new("check-generated");
    let config = "[[generate]]\nlang = \"python\"\nout = \"db.py\"\n[[generate]]\nlang = \"rust\"\nout = \"db\"\nlayout = \"per-schema\"\n";
    folder.write("pgkeel.toml", config).write(
        "migrations/1_first.sql",
        "create table a (id int); create schema app create table b (id int);",
    );
    folder.run(&["pull"]).succeeds();
    folder.run(&["generate"]).succeeds();
    folder.run(&["check"]).succeeds();
    let python = folder.read("db.py");
    let line = python.lines().position(|line| line.contains("id:")).unwrap();
    folder.write("db.py", python.replacen("id:", "ib:", 1));
    std::fs::remove_file(folder.path.join("db/app.rs")).unwrap();
    folder.write("db/gone.rs", folder.read("db/public.rs"));
    let ran = folder.run(&JSON);
    assert_eq!(ran.code, 1, "{ran:?}");
    let stale = format!(
        "generated-stale: db.py: is not what is generated from the snapshot: 2 lines differ, the first is line {}",
        line + 1
    );
    let wanted = [
        "generated-missing: db/app.rs: is not there, and is generated from the snapshot",
        &stale,
        "generated-surplus: db/gone.rs: is there, and is not generated from the snapshot any more",
    ];
    assert_eq!(found(&ran), wanted);
    let github = folder.run(&["check", "--format", "github"]).stdout;
    assert!(
        github.contains(&format!(
            "::error file=db.py,line={},col=1,title=generated-stale::db.py: ",
            line + 1
        )),
        "{github}"
    );
    assert!(github.contains("`pgkeel generate` writes it"), "{github}");
    folder.run(&["generate"]).succeeds();
    folder.run(&["check"]).succeeds();
}

#[test]
fn what_cannot_be_compared_is_named_and_never_clean_where_it_was_asked_for() {
    let folder = Folder::new("check-absent");
    folder
        .run(&["check"])
        .fails("there is nothing to compare", "pgkeel pull");
    folder.write("migrations/1_first.sql", "create table a (id int);");
    folder.run(&["pull"]).succeeds();
    // Nothing is configured, and nothing asked for.
    let ran = folder.run(&["check"]);
    ran.succeeds();
    assert!(
        ran.stderr
            .contains("live: not compared, because DATABASE_URL is not set"),
        "{}",
        ran.stderr
    );
    assert!(
        ran.stderr
            .contains("generated: not compared, because there is no [[generate]]"),
        "{}",
        ran.stderr
    );
    let ran = folder.run(&JSON);
    assert_eq!(
        outcomes(&ran),
        [
            "history absent",
            "live absent",
            "migrations compared",
            "generated absent"
        ]
    );
    // Asked for by name.
    for pair in ["live", "history", "generated"] {
        let ran = folder.run(&["check", "--only", pair]);
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.stdout.contains("comparison-failed"), "{ran:?}");
    }
    // A database that is configured has to be reached; what else there is, is compared all the same.
    folder.write("migrations/2_more.sql", "create table b (id int);");
    let url = [("DATABASE_URL", "postgres://app:secret@127.0.0.1:1/app")];
    for format in ["human", "json", "github", "sarif", "junit"] {
        let ran = folder.run_with(&["check", "--format", format], &url);
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(
            ran.stdout.contains("comparison-failed") && ran.stdout.contains("table public.b"),
            "{ran:?}"
        );
        assert!(!format!("{ran:?}").contains("secret"), "a password is shown: {ran:?}");
    }
    let ran = folder.run_with(&["check", "--skip", "live,history"], &url);
    assert_eq!(ran.code, 1, "{ran:?}");
    // A migration that does not run, at its place.
    folder.write(
        "migrations/2_more.sql",
        "create table b (id int);\ncreate tabel c (id int);",
    );
    let ran = folder.run(&["check", "--format", "github"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    let place = "::error file=migrations/2_more.sql,line=2,col=8,title=comparison-failed::migrations: ";
    assert!(ran.stdout.contains(place), "{ran:?}");
    // A snapshot that is broken, and one that is configured and not there.
    folder.write("schema.snapshot.json", "{\n\"pgkeel_snapshot\": 1,\n");
    assert_eq!(folder.run(&["check"]).code, 2);
    folder.write("pgkeel.toml", "[snapshot]\npath = \"db/snapshot.json\"\n");
    assert_eq!(folder.run(&["check"]).code, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_snapshot_the_migrations_are_what_counts() {
    let scratch = database("create table users (id bigint primary key)").await;
    let folder = Folder::new("check-no-snapshot");
    folder.write("pgkeel.toml", CONFIG).write(
        "migrations/20240101000000_first.sql",
        "create table users (id int primary key);",
    );
    folder.run(&["generate"]).succeeds();
    let ran = with(&folder, &scratch, &["check", "--format", "json", "--skip", "history"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    let wanted =
        "live-differs: column public.users.id: its type is `bigint` in the database, and `integer` in the migrations";
    assert_eq!(found(&ran), [wanted]);
    assert_eq!(
        outcomes(&ran),
        ["live compared", "migrations absent", "generated compared"]
    );
    scratch.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_runs_the_migrations_is_one_role_everywhere() {
    let roles = "create role app login; grant create on schema public to app;";
    let scratch = database(roles).await;
    let folder = Folder::new("check-owner");
    let tables = "create table a (id int); create table b (id int);";
    folder.write("migrations/20240101000000_first.sql", tables);
    folder.run(&["pull"]).succeeds();
    let mut conn = scratch.connect().await.unwrap();
    let as_app = "set role app; create table a (id int); create table b (id int); reset role;
        revoke create on schema public from app;";
    conn.execute(as_app).await.unwrap();
    let ran = with(&folder, &scratch, &["check", "--only", "live"]);
    assert!(ran.code == 0, "{ran:?}");
    // The snapshot of the database, against the migrations.
    with(&folder, &scratch, &["pull"]).succeeds();
    assert!(folder.read("schema.snapshot.json").contains("\"owner\":\"app\""));
    folder.run(&["check", "--only", "migrations"]).succeeds();
    // One table that another role owns is no such thing.
    conn.execute("create role other; alter table b owner to other")
        .await
        .unwrap();
    let ran = with(&folder, &scratch, &["check", "--only", "live", "--format", "json"]);
    assert_eq!(
        found(&ran),
        ["live-differs: table public.b: its owner is `other` in the database, and `app` in the snapshot"]
    );
    scratch.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn columns_in_another_order_differ_on_demand() {
    let scratch = database("create table a (y int, x int)").await;
    let folder = Folder::new("check-order");
    folder.write("migrations/20240101000000_first.sql", "create table a (x int, y int);");
    with(&folder, &scratch, &["check", "--only", "live"]).succeeds();
    let ran = with(
        &folder,
        &scratch,
        &["check", "--only", "live", "--strict-order", "--format", "json"],
    );
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(found(&ran)[0].starts_with("column-order: public.a: "), "{ran:?}");
    scratch.close().await.unwrap();
}

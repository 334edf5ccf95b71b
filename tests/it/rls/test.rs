//! `pgkeel rls test`: what each role really reaches.

use std::path::Path;

use crate::support::command::{Folder, Ran};
use crate::support::database::database;
use crate::support::servers::psql;

const PRELUDE: &str = include_str!("prelude.sql");

/// A table of notes, protected as it should be.
const NOTES: &str = "
create table public.notes (
  id bigint generated always as identity primary key,
  user_id uuid not null references auth.users (id) on delete cascade,
  title text not null check (title ~ '^[A-Z][a-z]+$')
);
revoke all on public.notes from anon, authenticated;
grant select, insert, update, delete on public.notes to authenticated;
alter table public.notes enable row level security;
create policy own on public.notes to authenticated
  using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
";

#[test]
fn tables_that_are_protected_pass_and_each_kind_of_hole_is_named() {
    let clean = tested("rls_test_clean", NOTES, &[]);
    assert_eq!(clean.code, 0, "{}{}", clean.stdout, clean.stderr);
    assert!(
        clean.stdout.contains("authenticated, user A  siud    ...."),
        "{}",
        clean.stdout
    );
    for (hole, said) in [
        (
            "alter table public.notes disable row level security;",
            "somebody else's rows are read: select",
        ),
        ("grant truncate on public.notes to anon;", "TRUNCATE asks no policy"),
        (
            "create policy give on public.notes for update to authenticated using (user_id = auth.uid()) with check (true);\
             create policy see on public.notes for select to authenticated using (true);",
            "a user gives his row to another user",
        ),
        (
            "create policy blind on public.notes for delete to authenticated using (true);",
            "somebody else's rows are written: delete-blind",
        ),
        (
            "create policy loop on public.notes to authenticated using (exists (select from public.notes));",
            "fails with 42P17",
        ),
        (
            "create policy forged on public.notes for select to authenticated
             using ((auth.jwt() -> 'user_metadata' ->> 'role') = 'admin');",
            "somebody else's rows are read: select",
        ),
    ] {
        let ran = tested("rls_test_hole", &format!("{NOTES}{hole}"), &[]);
        assert_eq!(ran.code, 1, "{hole}: {}{}", ran.stdout, ran.stderr);
        assert!(ran.stdout.contains(said), "{hole}: no `{said}` in\n{}", ran.stdout);
    }
}

#[test]
fn accepted_access_is_written_and_what_differs_from_it_is_named() {
    let folder = Folder::new("rls_test_expect");
    let sql = format!("{PRELUDE}{NOTES}");
    folder.write("schema.sql", &sql);
    let accept = ["rls", "test", "--source", "schema.sql", "--accept"];
    folder.run(&accept).succeeds();
    let written = folder.read("rls.expect.toml");
    assert!(
        written.contains(
            "[\"public.notes\"]\nanon = {}\n\"authenticated, nobody\" = { select = [], insert = [], insert-returning = [], \
             update = [], delete = [] }\n\"authenticated, user A\" = { select = [\"own\"], insert = [\"own\"], \
             insert-returning = [\"own\"], update = [\"own\"], delete = [\"own\"] }\n"
        ),
        "{written}"
    );
    folder.run(&accept).succeeds();
    assert_eq!(folder.read("rls.expect.toml"), written, "it is the same each time");
    let test = ["rls", "test", "--source", "schema.sql", "--format", "json"];
    folder.run(&test).succeeds();
    folder.write("schema.sql", format!("{sql}grant select on public.notes to anon;"));
    let wider = folder.run(&test);
    assert_eq!(wider.code, 1);
    assert!(wider.stdout.contains("rls-access-widened"), "{}", wider.stdout);
    folder.write(
        "schema.sql",
        format!("{sql}revoke delete on public.notes from authenticated;"),
    );
    let narrower = folder.run(&test);
    assert_eq!(narrower.code, 1);
    assert!(narrower.stdout.contains("rls-access-narrowed"), "{}", narrower.stdout);
}

/// Runs the test on a schema, with more words.
fn tested(name: &str, sql: &str, words: &[&str]) -> Ran {
    let folder = Folder::new(name);
    folder.write("schema.sql", format!("{PRELUDE}{sql}"));
    let all = ["rls", "test", "--source", "schema.sql"]
        .iter()
        .chain(words)
        .copied()
        .collect::<Vec<_>>();
    folder.run(&all)
}

#[test]
fn rows_are_made_whatever_they_have_to_meet() {
    let ran = tested("rls_test_rows", include_str!("rows.sql"), &[]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    for table in [
        "regions",
        "owners",
        "things",
        "parts",
        "eggs",
        "hens",
        "nodes",
        "men",
        "women",
        "events",
        "events_2020",
        "events_2031",
        "profiles",
    ] {
        assert!(
            ran.stdout.contains(&format!("\npublic.{table}\n")),
            "{table}:\n{}",
            ran.stdout
        );
    }
}

#[test]
fn what_cannot_be_tested_is_named_with_the_reason() {
    let sql = "
        create table public.eggs (id uuid primary key, hen uuid not null);
        create table public.hens (id uuid primary key, egg uuid not null references public.eggs (id));
        alter table public.eggs add foreign key (hen) references public.hens (id);
        create table public.never (id integer primary key check (id > 1 and id < 1));
        create view public.nothing as select 1 as one where false;
        revoke all on all tables in schema public from anon, authenticated;";
    let ran = tested("rls_test_untestable", sql, &[]);
    assert_eq!(ran.code, 1, "{}{}", ran.stdout, ran.stderr);
    for said in ["part of a circle", "never_id_check", "it shows none of the rows"] {
        assert!(ran.stdout.contains(said), "no `{said}` in\n{}", ran.stdout);
    }
}

#[test]
fn claims_come_from_where_the_configuration_says() {
    for (config, user) in [
        (
            "[rls]\nroles = [\"app\"]\nclaims-source = \"app.user_id\"\n",
            "nullif(current_setting('app.user_id', true), '')::uuid",
        ),
        (
            "[rls]\nroles = [\"app\"]\nclaims-source = \"public.me()\"\n",
            "public.me()",
        ),
        (
            "[rls]\nroles = [\"app\"]\nclaims-source = \"public.odd()\"\nlogin = \"app.user_id={user}\"\n",
            "nullif(current_setting('app.user_id', true), '')::uuid",
        ),
    ] {
        let folder = Folder::new("rls_test_claims");
        let sql = format!(
            "create role app nologin;
             create table public.users (id uuid primary key);
             create function public.me() returns uuid language sql stable
               as 'select nullif(current_setting(''app.user_id'', true), '''')::uuid';
             create function public.odd() returns uuid language sql stable as 'select null::uuid';
             create table public.notes (id integer primary key, owner_id uuid not null references public.users (id));
             grant select, insert, update, delete on public.notes to app;
             alter table public.notes enable row level security;
             create policy own on public.notes using (owner_id = {user}) with check (owner_id = {user});"
        );
        folder.write("schema.sql", sql).write("pgkeel.toml", config);
        let ran = folder.run(&["rls", "test", "--source", "schema.sql"]);
        assert_eq!(ran.code, 0, "{config}: {}{}", ran.stdout, ran.stderr);
        assert!(ran.stdout.contains("  app, user A  siud"), "{config}: {}", ran.stdout);
        folder.write(
            "pgkeel.toml",
            "[rls]\nroles = [\"app\"]\nclaims-source = \"public.odd()\"\n",
        );
        folder
            .run(&["rls", "test", "--source", "schema.sql"])
            .fails("it is not clear how a session signs in", "login");
    }
}

#[tokio::test]
async fn a_live_database_is_as_it_was_even_when_the_test_is_killed() {
    let sql = format!(
        "{PRELUDE}{NOTES}
         insert into auth.users (id, email) values ('00000000-0000-0000-0000-00000000000a', 'a@example.com');
         insert into public.notes (user_id, title) values ('00000000-0000-0000-0000-00000000000a', 'Mine');
         create role weak login;"
    );
    let scratch = database(&sql).await;
    let folder = Folder::new("rls_test_live");
    let url = scratch.url();
    let mut conn = scratch.connect().await.unwrap();
    let before = state(&mut conn).await;
    let ran = folder.run(&["rls", "test", "--database", &url]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("authenticated, user A  siud"), "{}", ran.stdout);
    assert_eq!(state(&mut conn).await, before);
    for wait in [20, 60, 120, 200, 300] {
        let mut child = folder.command(&["rls", "test", "--database", &url]).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(wait));
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(state(&mut conn).await, before, "killed after {wait} ms");
    }
    let weak = format!("{url}{}user=weak", if url.contains('?') { "&" } else { "?" });
    folder
        .run(&["rls", "test", "--database", &weak])
        .fails("the session may not become the role `anon`", "GRANT anon");
    folder
        .run(&["rls", "test", "--database", "schema.sql"])
        .fails("cannot read schema.sql", "a source is");
}

#[tokio::test]
async fn the_pgtap_tests_pass_where_they_were_written_and_fail_where_something_has_changed() {
    let sql = format!("{PRELUDE}{NOTES}");
    let folder = Folder::new("rls_test_pgtap");
    folder.write("schema.sql", &sql);
    folder
        .run(&["rls", "test", "--source", "schema.sql", "--pgtap", "tap"])
        .succeeds();
    let file = folder.read("tap/rls_public_notes.test.sql");
    for said in [
        "select plan(",
        "throws_ok(",
        "is_empty(",
        "results_eq(",
        "select * from finish();\nrollback;",
    ] {
        assert!(file.contains(said), "no `{said}` in\n{file}");
    }
    let same = tap(&format!("{sql}{}", include_str!("pgtap_shim.sql")), &folder).await;
    assert!(same.contains("\nok ") && !same.contains("not ok"), "{same}");
    let wider = "create policy wider on public.notes for select to authenticated using (true);";
    let other = tap(&format!("{sql}{wider}{}", include_str!("pgtap_shim.sql")), &folder).await;
    assert!(other.contains("not ok"), "{other}");
}

#[test]
fn the_example_reaches_what_was_reviewed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations-example");
    let out = Folder::new("rls_test_example");
    let fresh = out.path.join("fresh.toml");
    let run = |words: &[&str]| {
        let mut command = out.command(&["rls", "test", "--source", "migrations"]);
        let output = command.args(words).current_dir(&folder).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    };
    run(&[]);
    run(&["--accept", "--expect", fresh.to_str().unwrap()]);
    assert_eq!(
        out.read("fresh.toml"),
        std::fs::read_to_string(folder.join("rls.expect.toml")).unwrap(),
        "run `pgkeel rls test --source migrations --accept` in migrations-example"
    );
}

/// What psql prints of the pgTAP file on a database with this schema.
async fn tap(sql: &str, folder: &Folder) -> String {
    let scratch = database(sql).await;
    let output = std::process::Command::new(psql())
        .args([
            "--no-psqlrc",
            "--quiet",
            "--tuples-only",
            "--no-align",
            "--dbname",
            &scratch.url(),
            "--file",
        ])
        .arg(folder.path.join("tap/rls_public_notes.test.sql"))
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    String::from_utf8(output.stdout).unwrap()
}

/// The rows of the tables, and whether anybody else is in a transaction.
async fn state(conn: &mut sqlx::PgConnection) -> Vec<String> {
    // The server takes a moment to notice that a client is gone.
    for _ in 0..100 {
        let busy =
            "select count(*) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()";
        if sqlx::query_scalar::<_, i64>(busy).fetch_one(&mut *conn).await.unwrap() == 0 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    sqlx::query_scalar("select users::text from auth.users union all select notes::text from public.notes order by 1")
        .fetch_all(conn)
        .await
        .unwrap()
}

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
            "[\"public.notes\"]\nanon = {}\n\"anon, as user A\" = {}\n\"authenticated, nobody\" = { select = [], insert = [], insert-returning = [], \
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

#[test]
fn what_is_declared_of_a_table_is_held_against_what_is_reached() {
    let open = "create policy read on public.things for select to authenticated using (true);";
    let writes =
        "create policy own on public.things to authenticated using (who = auth.uid()) with check (who = auth.uid());";
    let all = "create policy every on public.things to authenticated using (true) with check (true);";
    for (declared, policies, said) in [
        (
            "{ archetype = \"owner\", column = \"who\" }",
            open,
            "though it is declared `owner`",
        ),
        (
            "{ archetype = \"append-only\", column = \"who\" }",
            writes,
            "rows of it are changed or removed",
        ),
        ("\"service-only\"", open, "a role from outside reaches it"),
        ("\"reference\"", all, "writes what everybody looks up"),
        (
            "{ archetype = \"rbac-claim\", claim = \"user_role\" }",
            all,
            "without the role that it takes",
        ),
        (
            "{ archetype = \"tenant\", column = \"org_id\" }",
            open,
            "by others than its members",
        ),
    ] {
        let folder = Folder::new("rls_test_declared");
        let sql = format!(
            "{PRELUDE}
create schema private;
create table public.orgs (id uuid primary key);
create table public.org_members (org_id uuid references public.orgs (id), user_id uuid references auth.users (id), primary key (org_id, user_id));
create function private.mine() returns setof uuid language sql stable security definer set search_path = ''
  as 'select org_id from public.org_members where user_id = auth.uid()';
create table public.things (id uuid primary key, who uuid not null, org_id uuid not null references public.orgs (id), title text);
alter table public.things enable row level security;
revoke all on public.things from anon, authenticated;
revoke all on public.orgs, public.org_members from anon, authenticated;
grant select, insert, update, delete on public.things to authenticated;
{policies}"
        );
        folder.write("schema.sql", sql);
        folder.write(
            "pgkeel.toml",
            format!("[rls.archetypes]\n\"public.things\" = {declared}\n"),
        );
        let ran = folder.run(&["rls", "test", "--source", "schema.sql"]);
        assert_eq!(ran.code, 1, "{declared}: {}{}", ran.stdout, ran.stderr);
        ran.prints(&[said]);
    }
}

#[test]
fn roles_that_a_claim_says_are_taken_from_the_configuration() {
    let folder = Folder::new("rls_test_role_claim");
    folder.write(
        "schema.sql",
        format!(
            "{PRELUDE}
create table public.pages (id uuid primary key, title text);
alter table public.pages enable row level security;
revoke all on public.pages from anon, authenticated;
grant select, insert, update, delete on public.pages to authenticated;
create policy edit on public.pages to authenticated
  using ((auth.jwt() -> 'app_metadata' ->> 'job') = 'editor') with check ((auth.jwt() -> 'app_metadata' ->> 'job') = 'editor');"
        ),
    );
    folder.write(
        "pgkeel.toml",
        "[rls.archetypes]
\"public.pages\" = { archetype = \"rbac-claim\", claim = \"work\", roles = [\"editor\"] }
[rls.claims]
work = \"(auth.jwt() -> 'app_metadata' ->> 'job')\"
",
    );
    let ran = folder.run(&["rls", "test", "--source", "schema.sql"]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    ran.prints(&[
        "authenticated, user (editor)  siud",
        "authenticated, user A         ....",
    ]);
}

#[test]
fn files_are_tested_by_the_buckets_that_policies_name() {
    let folder = Folder::new("rls_test_files");
    let good = "
create policy mine on storage.objects to authenticated
  using (bucket_id = 'avatars' and (storage.foldername(name))[1] = (select auth.uid()::text))
  with check (bucket_id = 'avatars' and (storage.foldername(name))[1] = (select auth.uid()::text));
create table public.orgs (id bigint primary key);
create table public.org_members (org_id bigint references public.orgs (id), user_id uuid references auth.users (id), primary key (org_id, user_id));
alter table public.orgs enable row level security;
alter table public.org_members enable row level security;
revoke truncate on public.orgs, public.org_members from anon, authenticated;
create policy mine on public.org_members for select to authenticated using (user_id = (select auth.uid()));
create policy shared on storage.objects for select to authenticated
  using (bucket_id = 'papers' and (storage.foldername(name))[1] in (select org_id::text from public.org_members where user_id = (select auth.uid())));
";
    folder.write("good.sql", good);
    let test = |file: &str| folder.run(&["rls", "test", "--source", file, "--platform", "supabase"]);
    let ran = test("good.sql");
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    ran.prints(&[
        "\nstorage.objects (avatars)\n",
        "\nstorage.objects (papers, by tenant)\n",
    ]);
    for (hole, said) in [
        (
            "create policy all_files on storage.objects for select to authenticated using (bucket_id = 'avatars');",
            "(avatars): somebody else's rows are read",
        ),
        (
            "create policy put on storage.objects for insert to authenticated with check (bucket_id = 'avatars');",
            "(avatars): rows are made in somebody else's name",
        ),
        (
            "create policy papers on storage.objects for delete to authenticated using (bucket_id = 'papers');",
            "(papers, by tenant): somebody else's rows are written",
        ),
    ] {
        folder.write("hole.sql", format!("{good}{hole}"));
        let ran = test("hole.sql");
        assert_eq!(ran.code, 1, "{hole}: {}{}", ran.stdout, ran.stderr);
        ran.prints(&[said]);
    }
    let public = "insert into storage.buckets (id, name, public) values ('avatars', 'avatars', true);
create policy all_files on storage.objects for select to anon using (bucket_id = 'avatars');";
    folder.write("public.sql", format!("{good}{public}"));
    assert_eq!(
        test("public.sql").code,
        0,
        "everybody reads the files by their addresses anyway"
    );
}

#[tokio::test]
async fn rows_are_like_those_that_are_there_where_none_can_be_made_up() {
    let sql = format!(
        "{PRELUDE}
create function public.is_odd_code(code text) returns boolean language sql immutable as 'select md5(code) = ''900150983cd24fb0d6963f7d28e17f72''';
create table public.codes (id uuid primary key default gen_random_uuid(), user_id uuid not null references auth.users (id),
  code text not null check (public.is_odd_code(code)));
alter table public.codes enable row level security;
revoke all on public.codes from anon;
create policy own on public.codes to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());
revoke truncate on public.codes from authenticated;
insert into auth.users (id, email) values ('00000000-0000-0000-0000-00000000000a', 'a@example.com');
insert into public.codes (user_id, code) values ('00000000-0000-0000-0000-00000000000a', 'abc');"
    );
    let scratch = database(&sql).await;
    let folder = Folder::new("rls_test_copied");
    let ran = folder.run(&["rls", "test", "--database", &scratch.url()]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    ran.prints(&["authenticated, user A  siud"]);
    ran.says(&["TRUNCATE are not tried"]);
}

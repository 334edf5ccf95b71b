//! Many databases.

use std::process::Stdio;

use super::steps::hold;
use super::{connect, copies, execute, migrate, rows, url_of, wait_for};
use crate::support::command::Folder;
use crate::support::database::database;

#[tokio::test]
async fn a_fleet_runs_one_first_and_stops_where_too_many_fail() {
    let folder = Folder::new("migrate-fleet");
    folder.write("migrations/1_a.sql", "create table a (id int);");
    let scratch = database("").await;
    let names = ["one", "two", "three", "four", "five"];
    let mut lines = String::from("# all of them\n\n");
    copies(&scratch, &names).await;
    for name in names {
        lines.push_str(&format!("{}\n", url_of(&scratch, name)));
    }
    folder.write("fleet.txt", &lines);
    let up = |more: &[&str]| {
        let words: Vec<&str> = ["up", "--fleet", "fleet.txt"].iter().chain(more).copied().collect();
        migrate(&folder, "postgres://nobody@127.0.0.1:1/none", &words)
    };
    // The first one alone shows that it does not run.
    execute(
        &mut connect(&url_of(&scratch, "one")).await,
        "create table a (in_the_way int)",
    )
    .await;
    let stopped = up(&[]);
    assert_eq!(stopped.code, 2, "{}", stopped.stderr);
    assert_eq!(stopped.stdout.matches("not begun").count(), 4, "{}", stopped.stdout);
    assert!(
        stopped.stderr.contains("of 5 targets 1 failed and 4 were not begun"),
        "{}",
        stopped.stderr
    );
    assert!(
        stopped.stderr.contains("relation \"a\" already exists"),
        "{}",
        stopped.stderr
    );
    // One may fail.
    let most = up(&["--max-failures", "1", "--jobs", "2"]);
    assert_eq!(
        (most.code, most.stdout.matches("1 migration run").count()),
        (2, 4),
        "{}",
        most.stdout
    );
    // And then it goes on where it was.
    execute(&mut connect(&url_of(&scratch, "one")).await, "drop table a").await;
    let rest = up(&[]);
    rest.succeeds();
    assert_eq!(rest.stdout.matches("nothing was pending").count(), 4, "{}", rest.stdout);
    for name in names {
        let mut conn = connect(&url_of(&scratch, name)).await;
        assert_eq!(
            rows(&mut conn, "select count(*) from pgkeel.migrations").await,
            "1",
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_fleet_that_is_killed_goes_on_where_it_was() {
    let folder = Folder::new("migrate-fleet-killed");
    folder.write(
        "migrations/1_a.sql",
        "begin; create table a (id int); insert into a values (1); commit; \
         select pg_advisory_xact_lock(7, 1) where current_schema() <> 't1'; \
         create index concurrently a_id on a (id); insert into a values (2);",
    );
    let tenants = 1..=6;
    let schemas = tenants.clone().map(|number| format!("create schema t{number};"));
    let scratch = database(&schemas.collect::<String>()).await;
    let url = scratch.url();
    folder.write(
        "fleet.txt",
        "env:DATABASE_URL schemas: select nspname from pg_namespace where nspname ~ '^t[0-9]$' order by 1",
    );
    let mut holder = connect(&url).await;
    hold(&mut holder, "select pg_advisory_xact_lock(7, 1)").await;
    let words = ["migrate", "up", "--fleet", "fleet.txt", "--jobs", "3"];
    let mut command = folder.command(&words);
    command
        .env("DATABASE_URL", &url)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let mut conn = connect(&url).await;
    let waiting = "from pg_stat_activity where application_name = 'pgkeel' and wait_event = 'advisory'";
    wait_for(&mut conn, &format!("select count(*) = 3 {waiting}")).await;
    child.kill().unwrap();
    child.wait().unwrap();
    execute(&mut holder, "rollback").await;
    wait_for(
        &mut conn,
        "select count(*) = 0 from pg_stat_activity where application_name = 'pgkeel'",
    )
    .await;
    let again = migrate(&folder, &url, &words[1..]);
    again.succeeds();
    assert_eq!(
        again.stdout.matches("nothing was pending").count(),
        1,
        "{}",
        again.stdout
    );
    assert_eq!(again.stdout.matches("1 migration run").count(), 5, "{}", again.stdout);
    for number in tenants {
        let found = format!(
            "select string_agg(id::text, ' ' order by id), \
             (select bool_and(indisvalid)::text from pg_index where indrelid = 't{number}.a'::regclass) from t{number}.a"
        );
        assert_eq!(rows(&mut conn, &found).await, "1 2|true", "t{number}");
    }
}

#[tokio::test]
async fn schemas_and_databases_are_found_by_a_query() {
    for layout in ["pgkeel", "sqlx"] {
        let folder = Folder::new(&format!("migrate-tenants-{layout}"));
        folder
            .write("pgkeel.toml", format!("[migrations]\nlayout = \"{layout}\"\n"))
            .write(
                "migrations/1_a.sql",
                "create table a (id int); create index concurrently on a (id);",
            )
            .write("migrations/2_b.sql", "create view v as select id from a;");
        let scratch = database("create schema tenant_a; create schema \"tenant B\"; create schema other;").await;
        copies(&scratch, &["shop_1", "shop_2"]).await;
        folder.write(
            "fleet.txt",
            "env:MAIN_URL schemas: select nspname from pg_namespace where nspname like 'tenant%' order by 1\n\
             env:MAIN_URL databases: select datname from pg_database where datname like 'shop%' order by 1\n",
        );
        let ran = folder.run_with(
            &["migrate", "up", "--fleet", "fleet.txt"],
            &[("MAIN_URL", &scratch.url())],
        );
        ran.succeeds();
        assert_eq!(ran.stdout.matches("2 migrations run").count(), 4, "{}", ran.stdout);
        let mut conn = scratch.connect().await.unwrap();
        let made = "select string_agg(nspname || '.' || relname, ' ' order by 1) from pg_class join pg_namespace as n \
                    on n.oid = relnamespace where relname in ('a', 'v', '_sqlx_migrations')";
        let made = rows(&mut conn, made).await;
        assert!(
            made.contains("tenant B.a") && made.contains("tenant_a.v") && !made.contains("public"),
            "{made}"
        );
        for name in ["shop_1", "shop_2"] {
            let mut conn = connect(&url_of(&scratch, name)).await;
            assert_eq!(rows(&mut conn, "select count(*) from v").await, "0", "{name}");
        }
        let status = migrate(&folder, &scratch.url(), &["status", "--tenant", "tenant B"]);
        assert_eq!(status.succeeds().stdout.matches("applied").count(), 2);
        let status = migrate(&folder, &scratch.url(), &["status"]);
        assert_eq!(status.stdout.matches("pending").count(), 2, "{status:?}");
        migrate(&folder, &scratch.url(), &["up", "--tenant", "none"]).fails("there is no schema `none`", "create it");
    }
}

#[test]
fn a_fleets_file_is_read_with_its_mistakes() {
    let folder = Folder::new("migrate-fleet-file");
    folder.write("migrations/1_a.sql", "select 1;");
    let up = |text: &str| {
        folder.write("fleet.txt", text);
        migrate(
            &folder,
            "postgres://nobody@127.0.0.1:1/none",
            &["up", "--fleet", "fleet.txt"],
        )
    };
    up("# nothing\n").fails("fleet.txt names no database", "one URL or env:NAME a line");
    up("\nenv:NOT_SET\n").fails("`NOT_SET` is not set", "export NOT_SET=");
    up("postgres://me:secret@h/db select 1").fails("after the URL stands `select 1`", "schemas: select");
    let wrong = up("mysql://me:secret@h/db");
    wrong.fails("does not begin with postgres://", "postgres://user:password");
    assert!(wrong.stderr.contains("fleet.txt:1:1"), "{}", wrong.stderr);
}

#[tokio::test]
async fn a_fleet_is_looked_at_and_nothing_is_done_to_it() {
    let folder = Folder::new("migrate-fleet-status");
    folder.write("migrations/1_a.sql", "create table a (id int);");
    let scratch = database("").await;
    copies(&scratch, &["done", "new", "edited"]).await;
    for name in ["done", "edited"] {
        migrate(&folder, &url_of(&scratch, name), &["up"]).succeeds();
    }
    let mut conn = connect(&url_of(&scratch, "edited")).await;
    execute(&mut conn, "update pgkeel.migrations set checksum = md5('x')::bytea").await;
    let line = |name: &str| format!("{}\n", url_of(&scratch, name));
    let look = |names: &[&str], words: &[&str]| {
        folder.write("fleet.txt", names.iter().map(|name| line(name)).collect::<String>());
        let words = [words, &["--fleet", "fleet.txt", "--jobs", "2"]].concat();
        migrate(&folder, "postgres://nobody@127.0.0.1:1/none", &words)
    };
    let both = look(&["done", "new"], &["status"]);
    assert_eq!(both.code, 1, "{both:?}");
    assert!(both.stdout.contains("/done: nothing is pending"), "{}", both.stdout);
    assert!(both.stdout.contains("/new: 1 migration pending"), "{}", both.stdout);
    look(&["done"], &["status"]).succeeds();
    let fits = look(&["done", "new"], &["verify"]);
    assert_eq!(
        fits.succeeds()
            .stdout
            .matches(": the history and the folder fit")
            .count(),
        2
    );
    let edited = look(&["done", "edited"], &["verify"]);
    assert_eq!(edited.code, 1, "{edited:?}");
    assert!(
        edited.stdout.contains("/edited: the history and the folder do not fit"),
        "{}",
        edited.stdout
    );
    let gone = look(&["done", "nowhere", "edited"], &["status", "--format", "json"]);
    assert_eq!(gone.code, 2, "{gone:?}");
    assert!(
        gone.stderr.contains("of 3 targets 1 could not be looked at"),
        "{}",
        gone.stderr
    );
    let told: serde_json::Value = serde_json::from_str(&gone.stdout).unwrap();
    let targets = told["targets"].as_array().unwrap();
    assert_eq!(targets[0]["migrations"][0]["state"], "applied", "{told}");
    assert_eq!(targets[1]["findings"][0]["severity"], "error", "{told}");
    assert!(targets[2]["error"].as_str().unwrap().contains("nowhere"), "{told}");
    let mut conn = connect(&url_of(&scratch, "new")).await;
    assert_eq!(
        rows(&mut conn, "select count(*) from pg_namespace where nspname = 'pgkeel'").await,
        "0"
    );
}

#[tokio::test]
async fn a_fleet_goes_back_to_one_version_or_not_at_all() {
    let folder = Folder::new("migrate-fleet-down");
    for (version, table) in [(1, "a"), (2, "b"), (3, "c")] {
        folder
            .write(
                &format!("migrations/{version}_{table}.up.sql"),
                format!("create table {table} (id int);"),
            )
            .write(
                &format!("migrations/{version}_{table}.down.sql"),
                format!("drop table {table};"),
            );
    }
    let scratch = database("").await;
    let names = ["whole", "half", "odd"];
    copies(&scratch, &names).await;
    for (name, to) in names.iter().zip(["3", "2", "3"]) {
        migrate(&folder, &url_of(&scratch, name), &["up", "--to", to]).succeeds();
    }
    let lines = names.map(|name| format!("{}\n", url_of(&scratch, name)));
    folder.write("fleet.txt", lines.concat());
    let down = |more: &[&str]| {
        let words = [&["down", "--fleet", "fleet.txt"], more].concat();
        migrate(&folder, "postgres://nobody@127.0.0.1:1/none", &words)
    };
    let tables = async |name: &str| {
        let mut conn = connect(&url_of(&scratch, name)).await;
        rows(
            &mut conn,
            "select string_agg(relname, '' order by 1) from pg_class where relname in ('a', 'b', 'c')",
        )
        .await
    };
    // Without a version, a second run would go back further.
    assert_eq!(down(&["--allow", "all"]).code, 2);
    let shown = down(&["--to", "1", "--dry-run"]);
    assert_eq!(
        shown.succeeds().stdout.matches("drop table").count(),
        5,
        "{}",
        shown.stdout
    );
    assert_eq!(down(&["--to", "1"]).code, 3);
    assert_eq!(tables("whole").await, "abc");
    // One that cannot be looked at keeps all as they are.
    folder.write(
        "fleet.txt",
        format!("{}{}\n", lines.concat(), url_of(&scratch, "nowhere")),
    );
    let stopped = down(&["--to", "1", "--allow", "all"]);
    let refusal = "of 4 targets 1 cannot go back, and nothing was undone in any";
    assert!(
        stopped.code == 2 && stopped.stderr.contains(refusal),
        "{}",
        stopped.stderr
    );
    assert_eq!(tables("whole").await, "abc");
    // One that fails ends it there, and the next run goes on.
    folder.write("fleet.txt", lines.concat());
    execute(
        &mut connect(&url_of(&scratch, "half")).await,
        "create view v as select * from b",
    )
    .await;
    let failed = down(&["--to", "1", "--allow", "all", "--max-failures", "1", "--jobs", "1"]);
    assert_eq!(
        (failed.code, failed.stdout.matches("2 migrations undone").count()),
        (2, 2),
        "{failed:?}"
    );
    execute(&mut connect(&url_of(&scratch, "half")).await, "drop view v").await;
    let rest = down(&["--to", "1", "--allow", "all"]);
    assert_eq!(
        rest.succeeds().stdout.matches("1 migration undone").count(),
        1,
        "{}",
        rest.stdout
    );
    for name in names {
        assert_eq!(tables(name).await, "a", "{name}");
    }
}

#[tokio::test]
async fn a_dry_run_of_a_fleet_shows_what_would_run_where() {
    let folder = Folder::new("migrate-fleet-dry");
    folder.write("migrations/1_a.sql", "create table a (id int);");
    folder.write("migrations/2_b.sql", "create table b (id int);");
    let scratch = database("").await;
    let names = ["new", "half", "done"];
    copies(&scratch, &names).await;
    migrate(&folder, &url_of(&scratch, "half"), &["up", "--to", "1"]).succeeds();
    migrate(&folder, &url_of(&scratch, "done"), &["up"]).succeeds();
    let lines = names.map(|name| format!("{}\n", url_of(&scratch, name))).concat();
    folder.write("fleet.txt", &lines);
    let up = |more: &[&str]| {
        let words = [&["up", "--fleet", "fleet.txt", "--dry-run"], more].concat();
        migrate(&folder, "postgres://nobody@127.0.0.1:1/none", &words)
    };
    let shown = up(&["--jobs", "2"]);
    let text = &shown.succeeds().stdout;
    let targets = text
        .split("-- postgres")
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>();
    assert_eq!(targets.len(), 3, "{text}");
    for (name, tables) in [("new", "ab"), ("half", "b"), ("done", "")] {
        let target = targets
            .iter()
            .find(|target| target.lines().next().unwrap().contains(&format!("/{name}")));
        let target = target.unwrap_or_else(|| panic!("{name}: {text}"));
        let made = |table: &char| target.contains(&format!("create table {table} "));
        assert_eq!("ab".chars().filter(made).collect::<String>(), tables, "{name}: {text}");
        assert_eq!(
            target.contains("nothing is pending"),
            tables.is_empty(),
            "{name}: {text}"
        );
        let mut conn = connect(&url_of(&scratch, name)).await;
        let there = "select coalesce(string_agg(relname, '' order by 1), '') from pg_class where relname in ('a', 'b')";
        let before = ["ab", "a", ""]
            .into_iter()
            .find(|before| before.len() + tables.len() == 2);
        assert_eq!(rows(&mut conn, there).await, before.unwrap(), "{name}");
    }
    assert_eq!(up(&["--to", "1"]).succeeds().stdout.matches("create table").count(), 1);
    // One that cannot be looked at hides none of the others.
    folder.write("fleet.txt", format!("{lines}{}\n", url_of(&scratch, "nowhere")));
    let partly = up(&[]);
    let failure = "of 4 targets 1 could not be run, and nothing was run in any";
    assert!(partly.code == 2 && partly.stderr.contains(failure), "{}", partly.stderr);
    assert_eq!(partly.stdout.matches("create table").count(), 3, "{}", partly.stdout);
}

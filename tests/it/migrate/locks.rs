//! Several runs at once, and other people's locks.

use std::process::Stdio;

use super::steps::hold;
use super::{connect, execute, migrate, rows, wait_for};
use crate::support::command::Folder;
use crate::support::database::database;

#[tokio::test]
async fn of_several_runs_at_once_one_does_the_work() {
    let folder = Folder::new("migrate-at-once");
    for number in 1..=8 {
        folder.write(
            &format!("migrations/{number}_m.sql"),
            format!("create table t{number} as select pg_backend_pid() as pid; create index concurrently on t{number} (pid);"),
        );
    }
    let scratch = database("").await;
    let url = scratch.url();
    let children: Vec<_> = (0..5)
        .map(|_| {
            let mut command = folder.command(&["migrate", "up"]);
            command
                .env("DATABASE_URL", &url)
                .stderr(Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    let mut idle = 0;
    for child in children {
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(0), "{said}");
        idle += said.matches("nothing is pending").count();
    }
    assert_eq!(idle, 4);
    let mut conn = connect(&url).await;
    assert_eq!(rows(&mut conn, "select count(*) from pgkeel.migrations").await, "8");
    assert_eq!(
        rows(
            &mut conn,
            "select count(*) from pg_index where indrelid::regclass::text like 't%'"
        )
        .await,
        "8"
    );
}

#[tokio::test]
async fn the_one_who_has_the_database_is_named() {
    let folder = Folder::new("migrate-holder");
    folder.write("migrations/1_a.sql", "select pg_advisory_xact_lock(7, 1);");
    let scratch = database("").await;
    let url = scratch.url();
    let mut holder = connect(&url).await;
    hold(&mut holder, "select pg_advisory_xact_lock(7, 1)").await;
    let mut first = folder.command(&["migrate", "up"]);
    let mut first = first.env("DATABASE_URL", &url).stderr(Stdio::null()).spawn().unwrap();
    let mut conn = connect(&url).await;
    let waiting = "from pg_stat_activity where application_name = 'pgkeel' and wait_event = 'advisory'";
    wait_for(&mut conn, &format!("select exists (select {waiting})")).await;
    let pid = rows(&mut conn, &format!("select pid::text {waiting}")).await;
    let second = migrate(&folder, &url, &["up", "--wait", "0"]);
    second.fails(
        &format!("another run holds the database: pgkeel (pid {pid}, user postgres)"),
        "pg_terminate_backend",
    );
    execute(&mut holder, "rollback").await;
    assert!(first.wait().unwrap().success());
    migrate(&folder, &url, &["up", "--wait", "60"]).succeeds();
}

#[tokio::test]
async fn a_lock_that_is_not_to_be_had_is_tried_for_again() {
    let folder = Folder::new("migrate-lock-timeout");
    folder
        .write("pgkeel.toml", "[migrations]\nlock-timeout = \"50ms\"\n")
        .write(
            "migrations/1_a.sql",
            "insert into log values (1); alter table t add b int;",
        );
    let scratch = database("create table t (a int); create table log (step int);").await;
    let url = scratch.url();
    let mut holder = connect(&format!("{url}&application_name=reporting")).await;
    hold(&mut holder, "select * from t").await;
    let mut child = folder.command(&["migrate", "up"]);
    let mut child = child.env("DATABASE_URL", &url).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = String::new();
    let mut stderr = std::io::BufReader::new(child.stderr.take().unwrap());
    while !said.contains("in the way: reporting (pid") {
        let read = std::io::BufRead::read_line(&mut stderr, &mut said).unwrap();
        assert!(read > 0, "it gave up: {said}");
    }
    assert!(
        said.contains("canceling statement due to lock timeout; try 2 of 8"),
        "{said}"
    );
    execute(&mut holder, "rollback").await;
    assert!(child.wait().unwrap().success());
    let mut conn = connect(&url).await;
    assert_eq!(rows(&mut conn, "select count(*) from log").await, "1");
}

#[tokio::test]
async fn who_never_gets_a_lock_gives_up() {
    let folder = Folder::new("migrate-gives-up");
    folder.write(
        "migrations/1_a.sql",
        "insert into log values (1); alter table t add b int;",
    );
    let scratch = database("create table t (a int); create table log (step int);").await;
    let url = scratch.url();
    let mut holder = connect(&format!("{url}&application_name=reporting")).await;
    hold(&mut holder, "select * from t").await;
    let failed = migrate(&folder, &url, &["up", "--lock-timeout", "100ms"]);
    failed.fails(
        "canceling statement due to lock timeout, 8 times; in the way: reporting (pid",
        "lock-timeout",
    );
    assert_eq!(failed.stderr.matches("; try ").count(), 7, "{}", failed.stderr);
    let mut conn = connect(&url).await;
    assert_eq!(rows(&mut conn, "select count(*) from log").await, "0");
    execute(&mut holder, "rollback").await;
    migrate(&folder, &url, &["up"]).succeeds();
}

#[tokio::test]
async fn a_files_own_lock_timeout_counts() {
    let folder = Folder::new("migrate-own-timeout");
    folder.write(
        "migrations/1_a.sql",
        "set lock_timeout = '7s'; create table seen as select current_setting('lock_timeout') as one; \
         begin; alter table seen add two text; update seen set two = current_setting('lock_timeout'); commit;",
    );
    folder.write(
        "migrations/2_b.sql",
        "alter table seen add three text; update seen set three = current_setting('lock_timeout');",
    );
    let scratch = database("").await;
    migrate(&folder, &scratch.url(), &["up", "--lock-timeout", "9s"]).succeeds();
    let mut conn = scratch.connect().await.unwrap();
    assert_eq!(rows(&mut conn, "select one, two, three from seen").await, "7s|7s|9s");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deadlock_is_tried_again() {
    let folder = Folder::new("migrate-deadlock");
    folder.write(
        "migrations/1_a.sql",
        "lock table a; select pg_advisory_xact_lock(7, 1); alter table b add c int; alter table a add c int;",
    );
    let scratch = database("create table a (id int); create table b (id int);").await;
    let url = scratch.url();
    let mut holder = connect(&url).await;
    // Whoever waits longer than this finds the deadlock; it is to be the migration.
    execute(
        &mut holder,
        "set deadlock_timeout = '60s'; begin; lock table b; select pg_advisory_xact_lock(7, 1)",
    )
    .await;
    let mut child = folder.command(&["migrate", "up", "--lock-timeout", "60s"]);
    let child = child.env("DATABASE_URL", &url).stderr(Stdio::piped()).spawn().unwrap();
    let mut conn = connect(&url).await;
    wait_for(
        &mut conn,
        "select exists (select from pg_stat_activity where application_name = 'pgkeel' and wait_event = 'advisory')",
    )
    .await;
    let release = tokio::spawn(async move {
        execute(&mut holder, "lock table a").await;
        execute(&mut holder, "rollback").await;
    });
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && said.contains("deadlock detected"), "{said}");
    release.await.unwrap();
    assert_eq!(
        rows(
            &mut conn,
            "select count(*) from pg_attribute where attname = 'c' and attrelid in ('a'::regclass, 'b'::regclass)"
        )
        .await,
        "2"
    );
}

#[tokio::test]
async fn a_lock_that_a_file_gives_up_is_missed() {
    let folder = Folder::new("migrate-unlock");
    folder.write(
        "migrations/1_a.sql",
        "create table a (); select pg_advisory_unlock_all();",
    );
    let scratch = database("").await;
    migrate(&folder, &scratch.url(), &["up"]).fails("was given up on the way", "pg_advisory_unlock_all");
    let mut conn = scratch.connect().await.unwrap();
    assert_eq!(rows(&mut conn, "select to_regclass('a') is null").await, "t");
}

//! Scripts run as psql runs them.

use std::fmt::Write;
use std::path::Path;
use std::process::Command;

use pgkeel::diagnostic::Severity;
use pgkeel::scratch::{self, SqlFile};

use super::{file, replay, replay_error, start, value};
use crate::support::servers::{pg_dump, psql};
use crate::support::toolchain::run;

/// Everything a script of a schema may hold that takes a careful splitter.
const RICH: &str = include_str!("rich.sql");

#[tokio::test]
async fn statements_run_alone_as_in_psql() {
    let scratch = start().await;
    let script = "\u{fffd}".replace('\u{fffd}', "")
        + "create table t (a int);\r\n\
        create index concurrently i on t (a);\r\n\
        begin; insert into t values (1); rollback;\r\n\
        begin; insert into t values (2); commit;\r\n\
        vacuum t; insert into t values (3)";
    assert_eq!(replay(&scratch, &script).await.unwrap(), []);
    assert_eq!(
        value(&scratch, "select string_agg(a::text, ',' order by a) from t").await,
        "2,3"
    );
}

#[tokio::test]
async fn what_psql_makes_of_a_script_replay_makes_too() {
    let (ours, theirs) = (start().await, start().await);
    replay(&ours, RICH).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rich.sql");
    std::fs::write(&path, RICH).unwrap();
    let mut command = Command::new(psql());
    command
        .args(["--no-psqlrc", "-q", "-v", "ON_ERROR_STOP=1", "-d", &theirs.url(), "-f"])
        .arg(&path);
    run(&mut command).unwrap();
    let dump = |url: &str| {
        let text = run(Command::new(pg_dump()).args(["--restrict-key=abc", "-d", url])).unwrap();
        assert!(text.contains("COPY public.notes"), "{text}");
        text
    };
    let (ours_dump, theirs_dump) = (dump(&ours.url()), dump(&theirs.url()));
    assert_eq!(ours_dump, theirs_dump);

    // And what pg_dump makes of it replays to the same once more, `\restrict` and data included.
    assert!(ours_dump.contains("\\restrict abc"));
    let again = start().await;
    let notes = replay(&again, &ours_dump).await.unwrap();
    assert!(
        notes
            .iter()
            .all(|note| note.message.contains("does not know this setting")),
        "{notes:?}"
    );
    assert_eq!(dump(&again.url()), ours_dump);
}

#[tokio::test]
async fn an_error_shows_its_place_and_postgresqls_words() {
    let scratch = start().await;
    let error = replay_error(&scratch, "select 1;\n\n  create table ünï (a int,\n\tb nope);\n").await;
    assert_eq!(error.to_string(), "type \"nope\" does not exist");
    assert_eq!(error.location().unwrap().to_string(), "a.sql:4:4");
    assert_eq!(error.excerpt().unwrap(), "4 | \tb nope);\n  | \t  ^");

    let error = replay_error(&scratch, "create table t (a int unique); insert into t values (1), (1)").await;
    assert_eq!(
        error.to_string(),
        "duplicate key value violates unique constraint \"t_a_key\""
    );
    assert_eq!(error.detail(), Some("Key (a)=(1) already exists."));
    assert_eq!(error.location().unwrap().to_string(), "a.sql:1:32");

    let error = replay_error(&scratch, "select 'ünï', lenght('a')").await;
    assert_eq!(error.location().unwrap().to_string(), "a.sql:1:15");
    assert!(error.hint().unwrap().contains("explicit type casts"));

    let function = "create function f() returns int language plpgsql as $$\nbegin\n  return nope;\nend $$;\n";
    let error = replay_error(&scratch, &format!("{function}\nselect f();")).await;
    assert_eq!(error.location().unwrap().to_string(), "a.sql:6:1");
    let detail = error.detail().unwrap();
    assert!(
        detail.contains("nope\n") && detail.contains("PL/pgSQL function f() line 3"),
        "{detail}"
    );

    let error = replay_error(
        &scratch,
        "create function g() returns int language plpgsql as $$\nbegin\n  retrun 1;\nend $$;",
    )
    .await;
    assert_eq!(error.location().unwrap().to_string(), "a.sql:3:3");

    let error = replay_error(&scratch, "select 1;\nselect 'open;\n").await;
    assert_eq!(error.location().unwrap().to_string(), "a.sql:2:8");
}

#[tokio::test]
async fn errors_name_the_file_they_are_in() {
    let scratch = start().await;
    let files = [
        file("create table t ();"),
        SqlFile {
            path: "migrations/2_b.sql".into(),
            text: "create table t ();".to_owned(),
        },
    ];
    let error = scratch::replay(&mut scratch.connect().await.unwrap(), &files)
        .await
        .unwrap_err();
    assert_eq!(error.location().unwrap().path, Path::new("migrations/2_b.sql"));
    assert_eq!(error.to_string(), "relation \"t\" already exists");
}

#[tokio::test]
async fn copy_fails_at_its_statement() {
    let scratch = start().await;
    let error = replay_error(&scratch, "create table t (a int);\n\ncopy t from stdin;\n1\nx\n\\.\n").await;
    assert_eq!(error.location().unwrap().to_string(), "a.sql:3:1");
    assert!(error.detail().unwrap().contains("COPY t, line 2"), "{error:?}");
    let error = replay_error(&scratch, "copy nope from stdin;\n1\n\\.\n").await;
    assert_eq!(error.to_string(), "relation \"nope\" does not exist");
    replay(
        &scratch,
        "create table u (a int); copy u to stdout; copy (select 1) to stdout; copy u from stdin csv;\n7\n\\.\n",
    )
    .await
    .unwrap();
    assert_eq!(value(&scratch, "select a::text from u").await, "7");
}

#[tokio::test]
async fn a_files_settings_end_with_it() {
    let scratch = start().await;
    let files = [
        file(
            "create schema s; create role r; set search_path = s; set check_function_bodies = off; create temp table x ();
             prepare p as select 1; set role r; set standard_conforming_strings = off; select '\\';';",
        ),
        file("create table t (); select 'a\\'; create temp table x (); prepare p as select 1;"),
    ];
    let mut conn = scratch.connect().await.unwrap();
    let before: String = sqlx::query_scalar("select current_user::text")
        .fetch_one(&mut conn)
        .await
        .unwrap();
    scratch::replay(&mut conn, &files).await.unwrap();
    let after: (String, String) = sqlx::query_as("select current_user::text, to_regclass('public.t')::text")
        .fetch_one(&mut conn)
        .await
        .unwrap();
    assert_eq!(after, (before, "t".to_owned()));
}

#[tokio::test]
async fn an_open_transaction_ends_with_its_file() {
    let scratch = start().await;
    let notes = replay(&scratch, "begin; create table t ();").await.unwrap();
    let [warning] = &notes[..] else { panic!("{notes:?}") };
    assert_eq!(
        (warning.severity, warning.subject.as_str()),
        (Severity::Warning, "a.sql")
    );
    assert_eq!(value(&scratch, "select to_regclass('t')::text").await, "");
    replay_error(&scratch, "begin; create table t (); select nope;").await;
    assert_eq!(value(&scratch, "select to_regclass('t')::text").await, "");
    let notes = replay(
        &scratch,
        "set local search_path = pg_catalog; begin; set local search_path = public; end",
    )
    .await;
    let notes = notes.unwrap();
    assert!(
        matches!(&notes[..], [note] if note.subject == "a.sql:1" && note.message.contains("SET LOCAL")),
        "{notes:?}"
    );
}

#[tokio::test]
async fn psqls_commands_are_done_skipped_or_refused() {
    let scratch = start().await;
    let notes = replay(
        &scratch,
        "\\restrict x\n\\set ON_ERROR_STOP on\n\\set name 'my table'\n\\echo one\n\\echo two\n\\connect other\n\
         create table :\"name\" (a int);\n\\copy \"my table\" from 'nowhere.csv'\n\\copy \"my table\" from stdin\n5\n\\.\n\
         select format('create table %I ()', 't' || n) from generate_series(1, 2) n \\gexec\n\\unrestrict x\n\
         insert into :\"name\" values (6) \\g\n\\q\nselect nope;",
    )
    .await
    .unwrap();
    let said: Vec<_> = notes
        .iter()
        .map(|note| (note.subject.as_str(), note.message.as_str()))
        .collect();
    assert_eq!(
        said,
        [
            (
                "a.sql:6",
                "skipped \\connect: everything goes into the one scratch database"
            ),
            ("a.sql:8", "skipped \\copy: its data is not loaded"),
            ("a.sql:4", "skipped \\echo, 2 times in all: it only shows something"),
        ]
    );
    assert_eq!(
        value(&scratch, "select string_agg(a::text, ',' order by a) from \"my table\"").await,
        "5,6"
    );
    assert_eq!(value(&scratch, "select to_regclass('t2')::text").await, "t2");
    let error = replay_error(&scratch, "select 1;\n\\if true\n").await;
    assert_eq!(
        error.to_string(),
        "cannot replay \\if: psql's conditions are not supported"
    );
    assert_eq!(error.location().unwrap().to_string(), "a.sql:2:1");
}

#[tokio::test]
async fn scripts_include_others_beside_them() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("parts")).unwrap();
    std::fs::write(folder.path().join("all.sql"), "\\i parts/a.sql\n\\ir 'parts/b.sql'\n").unwrap();
    std::fs::write(folder.path().join("parts/a.sql"), "create table a ();").unwrap();
    std::fs::write(folder.path().join("parts/b.sql"), "\\ir a.sql").unwrap();
    let scratch = start().await;
    let files = scratch::sql_files(&folder.path().join("all.sql")).unwrap();
    let error = scratch::replay(&mut scratch.connect().await.unwrap(), &files)
        .await
        .unwrap_err();
    assert_eq!(error.location().unwrap().path, folder.path().join("parts/a.sql"));
    assert_eq!(error.to_string(), "relation \"a\" already exists");

    std::fs::write(folder.path().join("parts/b.sql"), "\\i all.sql").unwrap();
    std::fs::write(folder.path().join("parts/all.sql"), "\\i all.sql").unwrap();
    std::fs::write(folder.path().join("parts/a.sql"), "").unwrap();
    let error = scratch::replay(&mut scratch.connect().await.unwrap(), &files)
        .await
        .unwrap_err();
    assert!(error.to_string().contains("without end"), "{error:?}");
    let error = replay_error(&scratch, "\n\\i nowhere.sql").await;
    assert_eq!(error.location().unwrap().to_string(), "a.sql:2:1");
}

#[tokio::test]
async fn another_databases_name_stands_for_this_one() {
    let scratch = start().await;
    let notes = replay(
        &scratch,
        "create database app;\n\\connect app\nalter database app set work_mem = '7MB';\ngrant connect on database app to public;\n\
         comment on database app is 'x';",
    )
    .await
    .unwrap();
    assert_eq!(notes.len(), 5, "{notes:?}");
    assert_eq!(value(&scratch, "show work_mem").await, "7MB");
}

#[tokio::test]
async fn a_newer_servers_settings_are_noted() {
    let scratch = start().await;
    let notes = replay(&scratch, "set nonsense_timeout = 0;\nselect 1;").await.unwrap();
    assert!(matches!(&notes[..], [note] if note.subject == "a.sql:1"), "{notes:?}");
    replay_error(&scratch, "begin; set nonsense_timeout = 0; commit").await;
}

#[tokio::test]
async fn missing_extensions_are_named_with_the_cure() {
    let scratch = start().await;
    let error = replay_error(&scratch, "select 1;\ncreate extension if not exists vector;").await;
    assert_eq!(
        error.to_string(),
        "the extension vector is not installed on the scratch server"
    );
    assert_eq!(error.location().unwrap().to_string(), "a.sql:2:1");
    assert!(
        error.hint().unwrap().contains("stub-extensions = [\"vector\"]"),
        "{error:?}"
    );
    let error = replay_error(&scratch, "create extension timescaledb").await;
    assert!(!error.hint().unwrap().contains("stub"), "{error:?}");
}

#[tokio::test]
async fn a_thousand_tables_replay_in_time() {
    let scratch = start().await;
    let mut script = String::new();
    for number in 0..1000 {
        writeln!(
            script,
            "create table t{number} (a int primary key, b text not null default 'x;y');"
        )
        .unwrap();
    }
    replay(&scratch, &script).await.unwrap();
    assert_eq!(
        value(
            &scratch,
            "select count(*)::text from pg_class where relkind = 'r' and relname ~ '^t\\d'"
        )
        .await,
        "1000"
    );
}

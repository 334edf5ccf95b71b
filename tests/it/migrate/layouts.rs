//! Each layout's commands, from an empty database and back.

use super::{connect, execute, migrate, rows, state};
use crate::support::command::Folder;
use crate::support::database::database;

/// A folder of a layout: the names of two migrations and of their ways back, and where the history is.
struct Layout {
    name: &'static str,
    dir: &'static str,
    files: [(&'static str, &'static str); 4],
    history: &'static str,
}

const ONE: &str = "create table a (id int primary key);\ninsert into a values (1);\n";
const TWO: &str = "alter table a add b text;\ncreate view v as select b from a;\n";
const UNDO_ONE: &str = "drop table a;\n";
const UNDO_TWO: &str = "drop view v;\nalter table a drop b;\n";

const LAYOUTS: [Layout; 3] = [
    Layout {
        name: "supabase",
        dir: "supabase/migrations",
        files: [
            ("supabase/migrations/20240101000000_one.sql", ONE),
            ("supabase/migrations/20240102000000_two.sql", TWO),
            ("supabase/migrations_down/20240101000000_one.sql", UNDO_ONE),
            ("supabase/migrations_down/20240102000000_two.sql", UNDO_TWO),
        ],
        history: "supabase_migrations.schema_migrations",
    },
    Layout {
        name: "sqlx",
        dir: "migrations",
        files: [
            ("migrations/20240101000000_one.up.sql", ONE),
            ("migrations/20240102000000_two.up.sql", TWO),
            ("migrations/20240101000000_one.down.sql", UNDO_ONE),
            ("migrations/20240102000000_two.down.sql", UNDO_TWO),
        ],
        history: "_sqlx_migrations",
    },
    Layout {
        name: "pgkeel",
        dir: "migrations",
        files: [
            ("migrations/20240101000000_one.sql", ONE),
            ("migrations/20240102000000_two.sql", TWO),
            ("migrations/20240101000000_one.down.sql", UNDO_ONE),
            ("migrations/20240102000000_two.down.sql", UNDO_TWO),
        ],
        history: "pgkeel.migrations",
    },
];

fn folder(test: &str, layout: &Layout) -> Folder {
    let folder = Folder::new(&format!("migrate-{test}-{}", layout.name));
    for (name, text) in layout.files {
        folder.write(name, text);
    }
    folder
}

#[tokio::test]
async fn every_layout_goes_forward_and_back() {
    for layout in &LAYOUTS {
        let folder = folder("ways", layout);
        let scratch = database("").await;
        let url = &scratch.url();
        let mut conn = connect(url).await;
        let versions = format!("select version::text from {} order by 1", layout.history);

        let pending = migrate(&folder, url, &["status"]);
        assert_eq!(
            (pending.code, pending.stdout.matches("pending").count()),
            (1, 2),
            "{pending:?}"
        );
        let before = state(url).await;
        let dry = migrate(&folder, url, &["up", "--dry-run"]);
        assert!(
            dry.succeeds().stdout.contains("one transaction\ncreate table a"),
            "{}",
            dry.stdout
        );
        assert_eq!(state(url).await, before, "a dry run changes nothing");

        migrate(&folder, url, &["up", "--to", "20240101000000"]).succeeds();
        assert_eq!(rows(&mut conn, &versions).await, "20240101000000");
        migrate(&folder, url, &["up"]).succeeds();
        let whole = state(url).await;
        assert_eq!(rows(&mut conn, &versions).await, "20240101000000\n20240102000000");
        let again = migrate(&folder, url, &["up"]);
        assert!(
            again.succeeds().stderr.contains("nothing is pending"),
            "{}",
            again.stderr
        );
        let status = migrate(&folder, url, &["status", "--format", "json"]);
        let status: serde_json::Value = serde_json::from_str(&status.succeeds().stdout).unwrap();
        assert_eq!(status["layout"], layout.name);
        assert_eq!(status["migrations"][1]["state"], "applied");
        assert_eq!(status["findings"].as_array().unwrap().len(), 0);
        migrate(&folder, url, &["verify"]).succeeds();

        let refused = migrate(&folder, url, &["down"]);
        assert_eq!(refused.code, 3, "{}", refused.stderr);
        assert!(refused.stderr.contains("--allow all"), "{}", refused.stderr);
        assert_eq!(state(url).await, whole, "what is refused changes nothing");
        migrate(&folder, url, &["down", "--allow", "all"]).succeeds();
        assert_eq!(rows(&mut conn, &versions).await, "20240101000000");
        migrate(&folder, url, &["down", "--to", "0", "--allow", "all"]).succeeds();
        assert_eq!(rows(&mut conn, "select to_regclass('a') is null").await, "t");
        migrate(&folder, url, &["up"]).succeeds();
        assert_eq!(state(url).await, whole, "there and back again");
    }
}

#[tokio::test]
async fn every_layout_tells_what_does_not_fit() {
    for layout in &LAYOUTS {
        let folder = folder("misfits", layout);
        let scratch = database("").await;
        let url = &scratch.url();
        migrate(&folder, url, &["up"]).succeeds();

        let (edited, text) = layout.files[0];
        folder.write(edited, text.replace("(1)", "(2)"));
        for command in ["status", "verify"] {
            let found = migrate(&folder, url, &[command]);
            assert_eq!(found.code, 1, "{}", found.stderr);
            assert!(
                found
                    .stdout
                    .contains("migration-edited: the file of 20240101000000 was changed"),
                "{found:?}"
            );
        }
        migrate(&folder, url, &["up"]).fails("was changed after it was run", "repair --accept 20240101000000");
        migrate(&folder, url, &["repair", "--accept", "20240102000000"])
            .fails("is not edited: it is applied", "status");
        migrate(&folder, url, &["repair", "--accept", "20240101000000"]).succeeds();
        migrate(&folder, url, &["verify"]).succeeds();

        folder.write(
            &format!("{}/20231231000000_late.sql", layout.dir),
            "create table late ();",
        );
        migrate(&folder, url, &["up"]).fails("20231231000000 has not been run", "--out-of-order");
        migrate(&folder, url, &["up", "--out-of-order"]).succeeds();

        let (second, text) = layout.files[1];
        std::fs::remove_file(folder.path.join(second)).unwrap();
        migrate(&folder, url, &["up"]).fails("newer than all in this folder", "merge or check out that branch");
        let renamed = second.replace("20240102000000", "20240103000000");
        folder.write(&renamed, text);
        migrate(&folder, url, &["up"]).fails("the folder has it as 20240103000000", "rename the file back");
        std::fs::remove_file(folder.path.join(&renamed)).unwrap();
        migrate(&folder, url, &["repair", "--remove", "20240102000000"]).succeeds();
        migrate(&folder, url, &["verify"]).succeeds();

        folder.write(&format!("{}/20231231000000_twin.sql", layout.dir), "select 1;");
        migrate(&folder, url, &["up"]).fails("20231231000000 is the version of", "two branches took the same version");
    }
}

#[tokio::test]
async fn every_layout_has_a_baseline() {
    for layout in &LAYOUTS {
        let folder = folder("baseline", layout);
        let scratch = database(ONE).await;
        let url = &scratch.url();
        migrate(&folder, url, &["baseline", "2024"]).fails("there is no migration 2024", "status");
        migrate(&folder, url, &["baseline", "20240101000000"]).succeeds();
        migrate(&folder, url, &["up"]).succeeds();
        migrate(&folder, url, &["verify"]).succeeds();
        let mut conn = connect(url).await;
        assert_eq!(
            rows(&mut conn, &format!("select count(*) from {}", layout.history)).await,
            "2"
        );
    }
}

#[tokio::test]
async fn a_folder_is_not_run_on_another_layouts_history() {
    let folder = Folder::new("migrate-other-history");
    folder.write("migrations/1_a.sql", "create table a ();");
    let scratch = database("").await;
    let url = &scratch.url();
    migrate(&folder, url, &["up", "--layout", "sqlx"]).succeeds();
    migrate(&folder, url, &["up"]).fails("the database has a history of sqlx", "[migrations] layout");
    folder.write("Cargo.toml", "[dependencies]\nsqlx = \"0.9\"\n");
    migrate(&folder, url, &["up"]).succeeds();
    folder.write("sqlx.toml", "[migrate]\ntable-name = \"app.history\"\n");
    migrate(&folder, url, &["up"]).fails(
        "`table-name` of sqlx.toml is not supported",
        "where sqlx has it by default",
    );
    folder.write("goose/1_a.sql", "-- +goose Up\ncreate table b ();\n");
    migrate(&folder, url, &["up", "--dir", "goose"]).fails("is arranged for goose", "[migrations] layout");
}

#[tokio::test]
async fn an_error_is_shown_where_it_stands_and_leaves_nothing() {
    let folder = Folder::new("migrate-error");
    folder.write(
        "migrations/1_a.sql",
        "create table a (id int);\n\ninsert into a\n  values (1, tru);\n",
    );
    let scratch = database("").await;
    let url = &scratch.url();
    let failed = migrate(&folder, url, &["up"]);
    assert_eq!(failed.code, 2);
    for part in [
        "column \"tru\" does not exist",
        "migrations/1_a.sql:4:14",
        "4 |   values (1, tru);",
        "             ^",
    ] {
        assert!(failed.stderr.contains(part), "no {part:?} in {}", failed.stderr);
    }
    let mut conn = connect(url).await;
    assert_eq!(rows(&mut conn, "select to_regclass('a') is null").await, "t");
    assert_eq!(migrate(&folder, url, &["status"]).stdout.trim(), "1  pending  a");
    folder.write(
        "migrations/1_a.sql",
        "create table a (id int unique deferrable initially deferred);\nbegin;\ninsert into a values (1), (1);\ncommit;\n",
    );
    let failed = migrate(&folder, url, &["up"]);
    for part in [
        "duplicate key value",
        "migrations/1_a.sql:2:1",
        "Key (id)=(1) already exists",
    ] {
        assert!(failed.stderr.contains(part), "no {part:?} in {}", failed.stderr);
    }
    migrate(&folder, url, &["repair", "--clear", "1"]).succeeds();
    execute(&mut conn, "drop table a").await;
    folder.write("migrations/1_a.sql", "create table a (id int);\n\\echo hi\n");
    migrate(&folder, url, &["up"]).fails("\\echo is psql's", "write it as SQL");
}

#[tokio::test]
async fn what_a_file_does_to_its_session_ends_with_it() {
    let folder = Folder::new("migrate-session");
    folder
        .write("pgkeel.toml", "[migrations]\nlayout = \"sqlx\"\n")
        .write(
            "migrations/1_a.sql",
            "set role visitor; set search_path = ''; set session my.value = 'x'; create temp table gone ();",
        )
        .write(
            "migrations/2_b.sql",
            "create table b as select current_user::text as who, current_setting('search_path') as path, \
             coalesce(current_setting('my.value', true), '') as value, to_regclass('gone')::text as gone;",
        );
    let scratch = database("create role visitor; grant temp on database postgres to visitor;").await;
    let mut conn = scratch.connect().await.unwrap();
    migrate(&folder, &scratch.url(), &["up"]).succeeds();
    let seen = rows(&mut conn, "select who = session_user, path, value, gone from b").await;
    assert_eq!(seen, "t|\"$user\", public||");
    assert_eq!(
        rows(
            &mut conn,
            "select version::text from public._sqlx_migrations order by 1"
        )
        .await,
        "1\n2"
    );
}

#[tokio::test]
async fn a_way_back_that_is_not_there_is_named_before_anything_is_undone() {
    let folder = Folder::new("migrate-no-way-back");
    folder
        .write("supabase/migrations/1_a.sql", "create table a ();")
        .write("supabase/migrations/2_b.sql", "create table b ();")
        .write("supabase/migrations_down/2_b.sql", "drop table b;");
    let scratch = database("").await;
    let url = &scratch.url();
    migrate(&folder, url, &["up"]).succeeds();
    let both = migrate(&folder, url, &["down", "--steps", "2", "--allow", "all"]);
    both.fails("the migration 1 has no way back", "supabase/migrations_down/1_a.sql");
    let mut conn = connect(url).await;
    assert_eq!(rows(&mut conn, "select to_regclass('b')::text").await, "b");
    migrate(&folder, url, &["down", "--allow", "all"]).succeeds();
    migrate(&folder, url, &["down", "--to", "7", "--allow", "all"]).fails("7 has not been run", "--to 0");
}

#[tokio::test]
async fn a_way_back_in_several_segments_goes_on_where_it_was() {
    let folder = Folder::new("migrate-back-half");
    folder
        .write(
            "migrations/1_a.sql",
            "create table a (id int); create index a_i on a (id); insert into a values (1);",
        )
        .write(
            "migrations/1_a.down.sql",
            "drop index concurrently a_i;\nselect 1 / count(*) from a;\ndrop table a;",
        );
    let scratch = database("").await;
    let url = &scratch.url();
    migrate(&folder, url, &["up"]).succeeds();
    let mut conn = connect(url).await;
    execute(&mut conn, "delete from a").await;
    let failed = migrate(&folder, url, &["down", "--allow", "all"]);
    assert!(
        failed.stderr.contains("division by zero") && failed.stderr.contains("1_a.down.sql:2"),
        "{}",
        failed.stderr
    );
    migrate(&folder, url, &["up"]).fails("1 is half done back: 1 of 2 segments", "migrate down");
    execute(&mut conn, "insert into a values (2)").await;
    migrate(&folder, url, &["down", "--allow", "all"]).succeeds();
    assert_eq!(migrate(&folder, url, &["status"]).stdout.trim(), "1  pending  a");
}

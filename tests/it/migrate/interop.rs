//! Together with the layouts' own tools.

use sqlx::Connection as _;
use sqlx::migrate::{MigrateError, Migrator};

use super::{connect, execute, migrate, rows, state};
use crate::support::command::Folder;
use crate::support::database::database;

/// A folder as sqlx's users have them, with line ends of two kinds, a byte order nobody minds, and both forms of names.
fn sqlx_folder(name: &str) -> Folder {
    let folder = Folder::new(name);
    folder
        .write("pgkeel.toml", "[migrations]\nlayout = \"sqlx\"\n")
        .write(
            "migrations/0001_first_table.sql",
            "create table a (id int);\r\ninsert into a values (1);\r\n",
        )
        .write("migrations/0002_second_of_two.up.sql", "alter table a add b text;\n")
        .write("migrations/0002_second_of_two.down.sql", "alter table a drop b;\n")
        .write(
            "migrations/3_index.up.sql",
            "-- no-transaction\ncreate index concurrently a_i on a (id);\n",
        )
        .write(
            "migrations/3_index.down.sql",
            "-- no-transaction\ndrop index concurrently a_i;\n",
        )
        .write("migrations/seed.sql", "not run by anybody");
    folder
}

async fn migrator(folder: &Folder) -> Migrator {
    Migrator::new(folder.path.join("migrations")).await.unwrap()
}

#[tokio::test]
async fn sqlx_takes_what_we_ran() {
    let folder = sqlx_folder("migrate-sqlx-after");
    let scratch = database("").await;
    migrate(&folder, &scratch.url(), &["up"]).succeeds();
    let ours = state(&scratch.url()).await;
    let mut conn = scratch.connect().await.unwrap();
    let recorded = rows(
        &mut conn,
        "select version::text, description, success::text, execution_time > 0 from _sqlx_migrations order by 1",
    )
    .await;
    assert_eq!(recorded, "1|first table|true|t\n2|second of two|true|t\n3|index|true|t");
    migrator(&folder).await.run(&mut conn).await.unwrap();

    let theirs = database("").await;
    migrator(&folder)
        .await
        .run(&mut theirs.connect().await.unwrap())
        .await
        .unwrap();
    assert!(ours.contains("_sqlx_migrations"));
    // But for the table of what is half done, which a step outside transactions needs.
    execute(&mut conn, "drop schema pgkeel cascade").await;
    assert_eq!(state(&scratch.url()).await, state(&theirs.url()).await);

    migrator(&folder).await.undo(&mut conn, 1).await.unwrap();
    let status = migrate(&folder, &scratch.url(), &["status"]);
    assert_eq!(
        (status.code, status.stdout.matches("pending").count()),
        (1, 2),
        "{status:?}"
    );

    folder.write("migrations/0001_first_table.sql", "create table a (id bigint);\n");
    let edited = migrator(&folder).await.run(&mut conn).await;
    assert!(matches!(edited, Err(MigrateError::VersionMismatch(1))), "{edited:?}");
    // Having failed, it does not give up its lock before its connection ends.
    conn.close().await.unwrap();
    let mut conn = scratch.connect().await.unwrap();
    migrate(&folder, &scratch.url(), &["repair", "--accept", "1"]).succeeds();
    migrator(&folder).await.run(&mut conn).await.unwrap();
    migrate(&folder, &scratch.url(), &["verify"]).succeeds();
}

#[tokio::test]
async fn we_take_what_sqlx_ran() {
    let folder = sqlx_folder("migrate-sqlx-before");
    let scratch = database("").await;
    let mut conn = scratch.connect().await.unwrap();
    migrator(&folder).await.run_to(2, &mut conn).await.unwrap();
    migrate(&folder, &scratch.url(), &["verify"]).succeeds();
    migrate(&folder, &scratch.url(), &["up"]).succeeds();
    migrate(&folder, &scratch.url(), &["down", "--to", "1", "--allow", "all"]).succeeds();
    migrator(&folder).await.run(&mut conn).await.unwrap();
    migrate(&folder, &scratch.url(), &["status"]).succeeds();
    // A failure that an older sqlx has recorded is nobody's to run over.
    execute(
        &mut conn,
        "update _sqlx_migrations set success = false where version = 3",
    )
    .await;
    migrate(&folder, &scratch.url(), &["up"]).fails("3 is recorded as failed", "repair --clear 3");
    execute(&mut conn, "drop index a_i").await;
    migrate(&folder, &scratch.url(), &["repair", "--clear", "3"]).succeeds();
    migrate(&folder, &scratch.url(), &["up"]).succeeds();
}

#[tokio::test]
async fn sqlx_and_we_exclude_each_other() {
    let folder = sqlx_folder("migrate-sqlx-lock");
    let scratch = database("").await;
    let mut conn = connect(&format!("{}&application_name=their-app", scratch.url())).await;
    sqlx::migrate::Migrate::lock(&mut conn).await.unwrap();
    let refused = migrate(&folder, &scratch.url(), &["up", "--wait", "0"]);
    refused.fails("another run holds the database: their-app (pid", "--wait");
    assert!(refused.stderr.contains("user postgres"), "{}", refused.stderr);
    conn.close().await.unwrap();
    migrate(&folder, &scratch.url(), &["up"]).succeeds();
}

#[tokio::test]
async fn the_supabase_cli_finds_what_it_would_have_written() {
    let folder = Folder::new("migrate-supabase-history");
    folder.write(
        "supabase/migrations/20240101000000_first_table.sql",
        "-- A table.\ncreate table a (id int);\n\ninsert into a values (1); -- one\n",
    );
    let scratch = database("").await;
    let url = &scratch.url();
    migrate(&folder, url, &["up"]).succeeds();
    let mut conn = connect(url).await;
    let recorded = "select version, name, array_to_string(statements, '|') from supabase_migrations.schema_migrations";
    assert_eq!(
        rows(&mut conn, recorded).await,
        "20240101000000|first_table|-- A table.\ncreate table a (id int)|insert into a values (1)"
    );
    let columns = "select attname || ' ' || format_type(atttypid, atttypmod) || ' ' || attnotnull from pg_attribute \
                   where attrelid = 'supabase_migrations.schema_migrations'::regclass and attnum > 0";
    assert_eq!(
        rows(&mut conn, columns).await,
        "version text true\nstatements text[] false\nname text false"
    );
    // What the CLI wrote long ago has neither statements nor name.
    execute(
        &mut conn,
        "alter table supabase_migrations.schema_migrations drop statements, drop name",
    )
    .await;
    migrate(&folder, url, &["verify"]).succeeds();
    folder.write("supabase/migrations/20240102000000_b.sql", "create table b ();");
    migrate(&folder, url, &["up"]).succeeds();
    assert_eq!(
        rows(
            &mut conn,
            "select name from supabase_migrations.schema_migrations order by version"
        )
        .await,
        "\nb"
    );
}

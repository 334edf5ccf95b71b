//! Passwords reach the server, and nobody else.

use super::{connect, migrate, rows};
use crate::support::command::{Folder, Ran};
use crate::support::database::database;

/// What no output may have.
const SECRET: &str = "hunter2";

#[track_caller]
fn keeps(ran: &Ran, code: i32) {
    assert_eq!(ran.code, code, "{ran:?}");
    for text in [&ran.stdout, &ran.stderr] {
        assert!(!text.contains(SECRET), "{text}");
    }
}

#[tokio::test]
async fn passwords_of_migrations_and_urls_are_never_shown() {
    let folder = Folder::new("migrate-secrets");
    let role = format!("create role app login password '{SECRET}';");
    let server = format!(
        "create extension postgres_fdw; create server far foreign data wrapper postgres_fdw; \
         create user mapping for app server far options (user 'u', password '{SECRET}');"
    );
    folder.write("migrations/1_role.sql", format!("{role}\nselect nothing;"));
    folder.write("migrations/1_role.down.sql", format!("{role} drop role app;"));
    folder.write("migrations/2_server.sql", format!("{server}\nselect nothing;"));
    let scratch = database("").await;
    let url = scratch.url();
    for format in [&["-v"][..], &["--json"]] {
        let words = |words: &[&'static str]| [words, format].concat();
        keeps(&migrate(&folder, &url, &words(&["up", "--dry-run"])), 0);
        keeps(&migrate(&folder, &url, &words(&["up"])), 2);
        keeps(&migrate(&folder, &url, &words(&["status"])), 1);
    }
    // The line that is wrong is shown, and holds one.
    folder.write("migrations/1_role.sql", role.replace("login", "no_option"));
    keeps(&migrate(&folder, &url, &["up"]), 2);
    folder
        .write("migrations/1_role.sql", &role)
        .write("migrations/2_server.sql", &server);
    keeps(&migrate(&folder, &url, &["up", "-v"]), 0);
    let mut conn = connect(&url).await;
    let known = format!("select (umoptions::text like '%{SECRET}%')::text from pg_user_mapping");
    assert_eq!(rows(&mut conn, &known).await, "true");
    keeps(&migrate(&folder, &url, &["down", "--dry-run", "--to", "0"]), 2);
    folder.write(
        "migrations/2_server.down.sql",
        format!("{server} drop extension postgres_fdw cascade;"),
    );
    keeps(&migrate(&folder, &url, &["down", "--dry-run", "--to", "0"]), 0);

    let wrong = format!("postgres://app:{SECRET}@127.0.0.1:1/none");
    keeps(&migrate(&folder, &wrong, &["up"]), 2);
    keeps(
        &migrate(&folder, &wrong.replace("/none", "/none?sslmode=wrong"), &["up"]),
        2,
    );
    folder.write(
        "fleet.txt",
        format!("{wrong}\npostgres://app:1 {SECRET}@127.0.0.1:1/none\n"),
    );
    keeps(&migrate(&folder, &url, &["up", "--fleet", "fleet.txt"]), 2);
    folder.write("fleet.txt", format!("{wrong}\n{wrong}2\n"));
    for words in [&["up"][..], &["status"], &["status", "--format", "json"]] {
        keeps(&migrate(&folder, &url, &[words, &["--fleet", "fleet.txt"]].concat()), 2);
    }
}

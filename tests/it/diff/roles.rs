//! Roles that nothing in a schema names are part of what its SQL makes, and stay when it no longer does.

use sqlx::AssertSqlSafe;

use crate::support::command::{Folder, Ran};
use crate::support::database::database;

/// What the folder's migrations make.
const ROLES: &str = "
create role crew nologin createdb;
create role worker login connection limit 3;
create role \"Odd One\" login noinherit;
grant crew to worker with admin option;
grant pg_read_all_data to \"Odd One\";
comment on role crew is 'those who work';
";

fn folder(name: &str) -> Folder {
    let folder = Folder::new(name);
    folder.write("migrations/1_tables.sql", "create table public.t (id int);");
    folder.write("migrations/2_roles.sql", ROLES);
    folder
}

fn diff(folder: &Folder, from: &str, to: &str) -> Ran {
    folder.run(&["diff", "--from", from, "--to", to])
}

#[tokio::test]
async fn they_come_with_their_attributes_and_memberships() {
    let folder = folder("diff-roles");
    let scratch = database("create table public.t (id int);").await;
    let url = scratch.url();
    let run = async |sql: &str| {
        let mut connection = scratch.connect().await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(sql))
            .execute(&mut connection)
            .await
            .unwrap();
    };
    let made = diff(&folder, &url, "migrations");
    assert_eq!(made.code, 1, "{}", made.stderr);
    made.prints(&[
        "CREATE ROLE crew WITH CREATEDB;",
        "CREATE ROLE worker WITH LOGIN CONNECTION LIMIT 3;",
        "CREATE ROLE \"Odd One\" WITH NOINHERIT LOGIN;",
        "GRANT crew TO worker WITH ADMIN",
        "GRANT pg_read_all_data TO \"Odd One\"",
        "COMMENT ON ROLE crew IS 'those who work'",
    ]);
    run(&made.stdout).await;
    let same = diff(&folder, &url, "migrations");
    assert_eq!((same.code, same.stdout.as_str()), (0, ""), "{}", same.stderr);
    // What the server's roles have become since is seen, although nothing in the database names them.
    run("alter role crew nocreatedb; revoke crew from worker; comment on role crew is null").await;
    let changed = diff(&folder, &url, "migrations");
    changed.prints(&[
        "ALTER ROLE crew WITH CREATEDB;",
        "GRANT crew TO worker WITH ADMIN",
        "COMMENT ON ROLE crew IS 'those who work'",
    ]);
    assert!(!changed.stdout.contains("CREATE ROLE"), "{}", changed.stdout);
    run(&changed.stdout).await;
    assert_eq!(diff(&folder, &url, "migrations").code, 0);
}

#[tokio::test]
async fn they_stay_when_they_are_not_named_any_more() {
    let folder = folder("diff-roles-stay");
    folder.write("without.sql", "create table public.t (id int);");
    let scratch = database(&format!("create table public.t (id int); {ROLES}")).await;
    for from in ["migrations", &scratch.url()] {
        let nothing = diff(&folder, from, "without.sql");
        assert_eq!((nothing.code, nothing.stdout.as_str()), (0, ""), "{}", nothing.stderr);
    }
    let emptied = diff(&folder, "migrations", "empty");
    assert!(!emptied.stdout.contains("ROLE"), "{}", emptied.stdout);
    // A membership goes only where both sides know both roles.
    folder.write(
        "apart.sql",
        format!("create table public.t (id int); {ROLES} revoke crew from worker;"),
    );
    diff(&folder, &scratch.url(), "apart.sql").prints(&["REVOKE crew FROM worker"]);
}

#[test]
fn a_snapshot_has_none_that_nothing_names() {
    let folder = folder("diff-roles-snapshot");
    folder.run(&["pull", "--source", "migrations"]).succeeds();
    for (from, to) in [
        ("schema.snapshot.json", "migrations"),
        ("migrations", "schema.snapshot.json"),
    ] {
        let same = diff(&folder, from, to);
        assert_eq!((same.code, same.stdout.as_str()), (0, ""), "{}", same.stderr);
    }
    folder.run(&["check"]).succeeds();
}

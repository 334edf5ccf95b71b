//! Scratch databases on a server that the user named.

use pgkeel::scratch::{self, Options, Platform, Scratch};

use super::{replay, replay_error, start, value};

const DATABASES: &str = "select string_agg(datname, ',' order by datname) from pg_database";
const ROLES: &str = "select string_agg(rolname, ',' order by rolname) from pg_roles where rolname !~ '^pg_'";

/// A server with the template that every other has, which ours do without, and a database of somebody's.
async fn server() -> Scratch {
    let server = start().await;
    let mut conn = server.connect().await.unwrap();
    for statement in [
        "create database template0 template postgres",
        "create database app template template0",
        "create role web",
    ] {
        sqlx::raw_sql(statement).execute(&mut conn).await.unwrap();
    }
    server
}

fn on(server: &Scratch) -> Options {
    Options {
        shadow: Some(server.url()),
        ..Options::default()
    }
}

#[tokio::test]
async fn a_database_has_an_unmistakable_name_and_goes_afterwards() {
    let server = server().await;
    let before = value(&server, DATABASES).await;
    let scratch = scratch::start(&on(&server)).await.unwrap();
    let name = scratch.connect_options().get_database().unwrap().to_owned();
    assert!(name.starts_with("pgkeel_scratch_"), "{name}");
    assert!(
        scratch.describe().contains("the given server"),
        "{}",
        scratch.describe()
    );
    let other = scratch.database("New One").await.unwrap();
    assert!(other.connect_options().get_database().unwrap().ends_with("_new_one"));
    replay(&scratch, "create table t ()").await.unwrap();
    replay(&other, "create table t ()").await.unwrap();
    let lingering = scratch.connect().await.unwrap();
    scratch.close().await.unwrap();
    drop(lingering);
    drop(other);
    assert_eq!(value(&server, DATABASES).await, before);
}

#[tokio::test]
async fn databases_of_runs_that_are_gone_are_dropped_and_no_others() {
    let server = server().await;
    let (stale, young) = (
        "pgkeel_scratch_1700000000_0123456789abcdef",
        "pgkeel_scratch_9900000000_0123456789abcdef",
    );
    let mut conn = server.connect().await.unwrap();
    for name in [stale, young, "pgkeel_scratch_of_mine"] {
        let making = sqlx::AssertSqlSafe(format!("create database {name} template template0"));
        sqlx::raw_sql(making).execute(&mut conn).await.unwrap();
    }
    let living = scratch::start(&on(&server)).await.unwrap();
    let second = scratch::start(&on(&server)).await.unwrap();
    let databases = value(&server, DATABASES).await;
    assert!(!databases.contains(stale), "{databases}");
    assert!(
        databases.contains(young) && databases.contains("pgkeel_scratch_of_mine"),
        "{databases}"
    );
    assert!(
        databases.contains(living.connect_options().get_database().unwrap()),
        "{databases}"
    );
    living.close().await.unwrap();
    second.close().await.unwrap();
}

#[tokio::test]
async fn roles_of_a_script_go_with_its_database_and_others_stay_as_they_are() {
    let server = server().await;
    let before = value(&server, ROLES).await;
    let scratch = scratch::start(&on(&server)).await.unwrap();
    let script =
        "create role mine; do $$ begin create role \"by block\"; end $$; create table t (); grant select on t to mine;
        alter role mine set work_mem = '7MB'; alter table t owner to mine;";
    replay(&scratch, script).await.unwrap();
    assert!(value(&server, ROLES).await.contains("by block"));
    for statement in [
        "alter role web set work_mem = '7MB'",
        "drop role web",
        "alter role all reset all",
        "alter system reset all",
    ] {
        let error = replay_error(&scratch, statement).await;
        assert!(error.to_string().contains("shared server"), "{statement}: {error:?}");
    }
    scratch.close().await.unwrap();
    assert_eq!(value(&server, ROLES).await, before);
}

#[tokio::test]
async fn a_supabase_project_can_be_prepared_there() {
    let server = server().await;
    let before = (value(&server, ROLES).await, value(&server, DATABASES).await);
    let options = Options {
        platform: Platform::Supabase,
        ..on(&server)
    };
    let scratch = scratch::start(&options).await.unwrap();
    let second = scratch::start(&options).await.unwrap();
    for scratch in [&scratch, &second] {
        replay(
            scratch,
            "create table t (u uuid references auth.users default auth.uid()); create extension pgmq",
        )
        .await
        .unwrap();
    }
    second.close().await.unwrap();
    replay(&scratch, "grant select on t to anon").await.unwrap();
    scratch.close().await.unwrap();
    assert_eq!((value(&server, ROLES).await, value(&server, DATABASES).await), before);
}

#[tokio::test]
async fn what_is_wrong_with_the_server_is_said_without_its_password() {
    let at = |url: &str| Options {
        shadow: Some(url.to_owned()),
        ..Options::default()
    };
    let error = scratch::start(&at("postgres://me:secret@127.0.0.1:1/x"))
        .await
        .err()
        .unwrap();
    assert!(
        error
            .to_string()
            .starts_with("cannot connect to the shadow server at 127.0.0.1:1"),
        "{error}"
    );
    assert!(!format!("{error:?}").contains("secret"));
    let error = scratch::start(&at("no://secret@url")).await.err().unwrap();
    assert!(
        !format!("{error:?}").contains("secret") && error.hint().is_some(),
        "{error:?}"
    );

    let server = server().await;
    let mut conn = server.connect().await.unwrap();
    sqlx::raw_sql("create role weak login")
        .execute(&mut conn)
        .await
        .unwrap();
    let url = server.url().replace("postgres@", "weak@");
    let error = scratch::start(&at(&url)).await.err().unwrap();
    assert!(
        error.to_string().contains("permission denied to create database"),
        "{error:?}"
    );
    assert!(error.hint().unwrap().contains("CREATEDB"), "{error:?}");
}

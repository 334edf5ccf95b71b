//! The servers of every major that the tests work against.

use std::process::Command;

use crate::support::corpus;
use crate::support::database::{database, database_from, database_on, every_server};
use crate::support::servers::{installable_majors, pg_dump};
use crate::support::toolchain::run;

const SQL: &str = "create extension citext; create table t (id int primary key, name citext);";

#[tokio::test]
async fn every_major_runs_and_the_newest_dump_reads_it() {
    let mut majors = Vec::new();
    for options in every_server() {
        let server = database_on(&options, SQL).await;
        majors.push(server.version() / 10_000);
        let dump = run(Command::new(pg_dump()).args(["-s", &server.url()])).unwrap();
        assert!(dump.contains("CREATE TABLE public.t ("), "{dump}");
    }
    if !installable_majors().is_empty() {
        assert_eq!(majors, installable_majors());
    }
}

#[tokio::test]
async fn each_test_has_its_database_to_itself() {
    let (one, other) = tokio::join!(database(SQL), database(SQL));
    assert_ne!(one.url(), other.url());
}

#[tokio::test]
async fn other_peoples_schemas_load() {
    let count = "select count(*) from pg_tables where schemaname not in ('pg_catalog', 'information_schema')";
    for path in corpus::schemas() {
        let database = database_from(&path).await;
        let mut conn = database.connect().await.unwrap();
        let tables = sqlx::query_scalar::<_, i64>(count).fetch_one(&mut conn).await.unwrap();
        assert!(tables > 0, "{}", path.display());
    }
}

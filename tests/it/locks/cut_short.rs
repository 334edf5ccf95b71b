//! What a migration leaves behind that is cut short between or within its statements: the next one finds it.

use std::time::Duration;

use pgkeel::ddl::Transaction;
use pgkeel::scratch::Scratch;
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Executor};

use super::watch::{flush_statistics, plan, read, texts, wait_until_it_waits, watch_in};
use super::{TABLES, servers};
use crate::support::database::database_on;

#[tokio::test]
async fn a_build_that_was_killed_is_done_again() {
    let after = format!(
        "{TABLES} create index orders_by_note on public.orders (note);
        alter table public.users add constraint one_email unique (email);"
    );
    for server in servers() {
        let wanted = read(&database_on(&server, &after).await).await;
        let database = database_on(&server, TABLES).await;
        let builds = plan(&database, &wanted, false).await.steps.into_iter();
        let builds = builds
            .filter(|step| step.statement.transaction == Transaction::Outside)
            .collect::<Vec<_>>();
        assert_eq!(builds.len(), 2);
        for build in builds {
            kill_in_mid_build(&database, &build.statement.sql).await;
        }
        let left = read(&database).await;
        assert_eq!(left.indexes.iter().filter(|index| !index.valid).count(), 2);
        watch_in(&database, &wanted, false).await.is_as_labelled().is_gentle();
        assert!(plan(&database, &wanted, false).await.is_empty());
    }
}

#[tokio::test]
async fn a_migration_that_stops_anywhere_goes_on_from_there() {
    let after = format!(
        "{TABLES} alter table public.users alter email set not null;
        alter table public.orders add foreign key (user_id) references public.users;
        alter table public.orders add constraint one_note unique (note);
        create index by_age on public.users (age desc);"
    );
    let before = format!("{TABLES} create index by_age on public.users (age);");
    for server in servers() {
        let wanted = read(&database_on(&server, &after).await).await;
        let mut stop = 0;
        loop {
            let database = database_on(&server, &before).await;
            let steps = plan(&database, &wanted, false).await.steps;
            let mut connection = database.connect().await.unwrap();
            for step in steps.iter().take(stop) {
                connection
                    .execute(AssertSqlSafe(step.statement.sql.clone()))
                    .await
                    .unwrap();
            }
            flush_statistics(&mut connection).await;
            watch_in(&database, &wanted, false).await.is_as_labelled().is_gentle();
            let left = plan(&database, &wanted, false).await;
            assert!(left.is_empty(), "stopped after {stop}: {:#?}", texts(&left));
            if stop == steps.len() {
                break;
            }
            stop += 1;
        }
    }
}

/// Ends the session that runs `sql` while that waits for a writer.
async fn kill_in_mid_build(database: &Scratch, sql: &str) {
    let [mut runner, mut writer, mut watcher] = [
        database.connect().await.unwrap(),
        database.connect().await.unwrap(),
        database.connect().await.unwrap(),
    ];
    writer
        .execute("begin; update public.users set id = id; update public.orders set id = id")
        .await
        .unwrap();
    let pid: i32 = sqlx::query_scalar("select pg_backend_pid()")
        .fetch_one(&mut runner)
        .await
        .unwrap();
    let (outcome, ()) = tokio::join!(runner.execute(AssertSqlSafe(sql.to_owned())), async {
        wait_until_it_waits(&mut watcher, pid).await;
        sqlx::query("select pg_terminate_backend($1)")
            .bind(pid)
            .execute(&mut watcher)
            .await
            .unwrap();
    });
    assert!(outcome.is_err(), "it went through");
    writer.execute("rollback").await.unwrap();
    until_gone(&mut watcher, pid).await;
}

async fn until_gone(watcher: &mut PgConnection, pid: i32) {
    let is_there = "select exists (select from pg_stat_activity where pid = $1)";
    while sqlx::query_scalar::<_, bool>(is_there)
        .bind(pid)
        .fetch_one(&mut *watcher)
        .await
        .unwrap()
    {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

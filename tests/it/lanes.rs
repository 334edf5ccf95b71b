//! A large schema is read by several connections, and is the same as read by one.

use pgkeel::catalog::scope::Scope;
use pgkeel::introspect::{Depth, connect, read, read_by_several};
use sqlx::PgConnection;

use crate::support::database::database;

/// A schema of so many tables that one connection would be slow, with something for every lane.
fn large() -> String {
    let table = |number: usize| {
        format!(
            "create table t{number} (id int generated always as identity primary key,
               note text not null default 'x' check (note <> ''), up int references t{});
             create index on t{number} (lower(note)) where up is not null;
             comment on table t{number} is 'The table {number}.';
             create policy own on t{number} using (note = current_user);
             grant select on t{number} to public;
             create view v{number} as select id, upper(note) as loud from t{number};",
            number.saturating_sub(1)
        )
    };
    (0..600).map(table).collect()
}

async fn both(connection: &mut PgConnection, url: &str, depth: Depth) {
    let scope = Scope::default();
    let one = read(connection, &scope, depth).await.unwrap();
    let several = read_by_several(connection, url, &scope, depth).await.unwrap();
    assert!(one.0.relations.len() == 1200 && one.0.policies.len() % 600 == 0);
    assert!(one == several, "{:?}\n{:?}", one.0.counts(), several.0.counts());
}

#[tokio::test]
async fn several_connections_read_what_one_reads() {
    let server = database(&large()).await;
    let url = server.url();
    let mut connection = connect::connect(&url).await.unwrap();
    both(&mut connection, &url, Depth::Whole).await;
    both(&mut connection, &url, Depth::Types).await;
}

#[tokio::test]
async fn one_connection_is_enough_where_there_are_no_more() {
    let server = database(&large()).await;
    let mut owner = server.connect().await.unwrap();
    sqlx::raw_sql("create role lonely login connection limit 1")
        .execute(&mut owner)
        .await
        .unwrap();
    let url = server.url().replacen("postgres://postgres@", "postgres://lonely@", 1);
    let mut connection = connect::connect(&url).await.unwrap();
    let scope = Scope::default();
    let (catalog, _) = read_by_several(&mut connection, &url, &scope, Depth::Types)
        .await
        .unwrap();
    assert_eq!(catalog.relations.len(), 1200);
}

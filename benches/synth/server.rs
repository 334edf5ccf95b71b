//! The schema to measure with, on a server.

use pgkeel::scratch::Scratch;

use super::synth;

/// Makes `tables` tables.
pub(crate) async fn fill(server: &Scratch, tables: usize) {
    for script in synth::scripts(tables) {
        run(server, script).await;
    }
}

/// Runs a script.
pub(crate) async fn run(server: &Scratch, sql: String) {
    let mut connection = server.connect().await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql))
        .execute(&mut connection)
        .await
        .unwrap();
}

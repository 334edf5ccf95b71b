//! The lists of functions that are never null for arguments that are not, called on real servers.

use std::fmt::Write as _;

use sqlx::{AssertSqlSafe, Row};

use super::{on_every_server, run};

const FUNCTIONS: &str = include_str!("../../../src/introspect/nullability/functions.txt");
const AGGREGATES: &str = include_str!("../../../src/introspect/nullability/aggregates.rs");

#[test]
fn no_listed_function_makes_a_null_of_values() {
    on_every_server(async |connection, major| {
        let mut insert =
            "CREATE TEMP TABLE listed (oid oid, class text, signature text); INSERT INTO listed VALUES".to_owned();
        let mut class = "";
        for line in FUNCTIONS.lines() {
            if let Some(name) = line.strip_prefix('[') {
                class = name.trim_end_matches(']');
            } else if let Some((oid, signature)) = line.split_once(' ').filter(|(oid, _)| oid.parse::<u32>().is_ok()) {
                let _ = write!(insert, " ({oid}, '{class}', '{signature}'),");
            }
        }
        run(connection, insert.trim_end_matches(',')).await;
        run(connection, include_str!("functions.sql")).await;
        let wrong = sqlx::raw_sql("SELECT signature, finding FROM wrong ORDER BY 1 LIMIT 50");
        let wrong = wrong.fetch_all(&mut *connection).await.unwrap();
        let wrong: Vec<(String, String)> = wrong.iter().map(|row| (row.get(0), row.get(1))).collect();
        assert!(wrong.is_empty(), "PostgreSQL {major}: {wrong:#?}");
        let uncalled =
            sqlx::raw_sql("SELECT string_agg(signature, ' ' ORDER BY signature) FROM called WHERE calls = 0");
        let uncalled: Option<String> = uncalled.fetch_one(connection).await.unwrap().get(0);
        assert_eq!(uncalled, None, "PostgreSQL {major}: every call fails");
    });
}

#[test]
fn the_aggregates_are_who_they_seem() {
    let pairs = AGGREGATES.split('(').filter_map(|part| part.split_once(", \""));
    let pairs = pairs.filter_map(|(oid, rest)| Some((oid.parse::<u32>().ok()?, rest.split_once('"')?.0)));
    let pairs: Vec<(u32, &str)> = pairs.collect();
    assert!(pairs.len() > 100, "{}", pairs.len());
    on_every_server(async |connection, major| {
        for (oid, name) in &pairs {
            let sql = format!("SELECT proname::text FROM pg_proc WHERE oid = {oid} AND prokind = 'a'");
            let found = sqlx::raw_sql(AssertSqlSafe(sql))
                .fetch_optional(&mut *connection)
                .await
                .unwrap();
            // Younger than this server, where it is not there at all.
            let found: Option<String> = found.map(|row| row.get(0));
            assert!(
                found.as_deref().is_none_or(|found| found == *name),
                "PostgreSQL {major}: {oid} is {found:?}"
            );
        }
    });
}

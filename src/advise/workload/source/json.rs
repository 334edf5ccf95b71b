//! Queries as JSON: our own form, and sqlx's.

use std::path::Path;

use serde::Deserialize;

use crate::advise::workload::{Query, Variant, Workload};
use crate::{Error, Result};

/// `{"session": ["set …"], "queries": [{"id", "weight", "role", "variants": ["select …", {"sql", "claims"}]}]}`.
#[derive(Deserialize)]
struct File {
    #[serde(default)]
    session: Vec<String>,
    queries: Vec<FileQuery>,
}

#[derive(Deserialize)]
struct FileQuery {
    id: Option<String>,
    #[serde(default = "one")]
    weight: f64,
    total_ms: Option<f64>,
    role: Option<String>,
    sql: Option<String>,
    #[serde(default)]
    variants: Vec<FileVariant>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum FileVariant {
    Text(String),
    Object {
        sql: String,
        claims: Option<serde_json::Value>,
        role: Option<String>,
    },
}

/// Whether the text is one JSON object that has queries: a log has one object in each line.
pub(super) fn is_workload(text: &str) -> bool {
    serde_json::from_str::<serde_json::Value>(text)
        .map_or(!text.contains("error_severity"), |value| value["queries"].is_array())
}

pub(super) fn read(text: &str, path: &Path) -> Result<Workload> {
    let file = serde_json::from_str::<File>(text).map_err(|error| {
        Error::new(format!("cannot read {} as a workload: {error}", path.display()))
            .with_hint(r#"write {"queries": [{"id": "feed", "weight": 10, "variants": ["select …"]}]}"#)
    })?;
    let mut queries = Vec::new();
    for (number, query) in (1..).zip(file.queries) {
        let plain = query.sql.into_iter().map(FileVariant::Text);
        let variants = plain.chain(query.variants).map(|variant| match variant {
            FileVariant::Text(sql) => Variant {
                sql,
                role: query.role.as_deref().map(Into::into),
                ..Variant::default()
            },
            FileVariant::Object { sql, claims, role } => Variant {
                sql,
                values: None,
                role: role.as_deref().or(query.role.as_deref()).map(Into::into),
                claims: claims.map(|claims| claims.to_string()),
            },
        });
        queries.push(Query {
            id: query.id.unwrap_or_else(|| format!("query {number}")),
            variants: variants.collect(),
            calls: query.weight,
            total_ms: query.total_ms,
        });
    }
    Ok(Workload {
        session: file.session,
        queries,
        ..Workload::default()
    })
}

/// A query that `cargo sqlx prepare` has described.
pub(super) fn prepared(text: &str) -> Option<Query> {
    #[derive(Deserialize)]
    struct Prepared {
        query: String,
        db_name: String,
    }
    let prepared = serde_json::from_str::<Prepared>(text).ok()?;
    (prepared.db_name == "PostgreSQL" && super::Runs::of(&prepared.query).is_some()).then(|| Query {
        id: super::short(&prepared.query),
        variants: vec![Variant::from(prepared.query.as_str())],
        calls: 1.0,
        total_ms: None,
    })
}

fn one() -> f64 {
    1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variants_have_their_claims() {
        let text = r#"{"session": ["set jit=off"], "queries": [
            {"id": "a", "weight": 3, "kind": "read", "role": "app", "variants": [{"sql": "select 1", "claims": {"sub": "x"}}, "select 2"]},
            {"sql": "select 3"}]}"#;
        assert!(is_workload(text));
        let workload = read(text, Path::new("w.json")).unwrap();
        assert_eq!(workload.session, ["set jit=off"]);
        let [first, second] = &workload.queries[..] else {
            panic!("{workload:?}")
        };
        assert_eq!((first.id.as_str(), first.calls, first.variants.len()), ("a", 3.0, 2));
        assert_eq!(first.variants[0].claims.as_deref(), Some(r#"{"sub":"x"}"#));
        assert_eq!(first.variants[1].role.as_deref(), Some("app"));
        assert_eq!((second.id.as_str(), second.calls), ("query 2", 1.0));
    }

    #[test]
    fn prepared_queries_of_other_databases_are_none_of_ours() {
        let of = |name: &str| format!(r#"{{"db_name": "{name}", "query": "SELECT 1", "describe": {{}}, "hash": "x"}}"#);
        assert!(prepared(&of("PostgreSQL")).is_some());
        assert!(prepared(&of("SQLite")).is_none());
        assert!(prepared("{}").is_none());
    }
}

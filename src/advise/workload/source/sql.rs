//! Files of statements. What stands in comments before one says more of it: `-- name: feed`, `-- weight: 20`,
//! `-- role: authenticated`, `-- claims: {"sub": "…"}`.

use crate::advise::workload::{Query, Variant, Workload};
use crate::diagnostic::Diagnostic;
use crate::scratch::split::{Piece, Splitter};

/// The statements of a text.
pub(in crate::advise::workload) fn statements(text: &str) -> Vec<String> {
    pieces(text).into_iter().map(|(_, sql)| sql).collect()
}

/// The statements of a text, each with what stands before it.
fn pieces(text: &str) -> Vec<(&str, String)> {
    let mut splitter = Splitter::new(text);
    let mut found = Vec::new();
    let mut end = 0;
    while let Some(piece) = splitter.next(true, &std::collections::BTreeMap::new()) {
        let Piece::Statement(statement) = piece else {
            continue;
        };
        let start = statement.start().max(end);
        let after = statement.source_of(statement.text.len()).max(start);
        let sql = statement.text.trim();
        if !sql.is_empty() {
            found.push((&text[end..start], sql.to_owned()));
        }
        end = after.min(text.len());
    }
    found
}

pub(super) fn read(text: &str, file: &str) -> Workload {
    let mut workload = Workload::default();
    for (number, (before, sql)) in (1..).zip(pieces(text)) {
        let said = format!("{before}\n{sql}");
        let said = |key: &str| comment(&said, key);
        let id = said("name").unwrap_or_else(|| format!("{file} {number}"));
        if super::Runs::of(&without_comments(&sql)).is_some() {
            let weight = said("weight");
            let calls = weight.as_deref().and_then(|weight| weight.parse().ok());
            if let (Some(weight), None) = (&weight, calls) {
                let message = format!("`{weight}` is no weight, so it counts once");
                workload.notes.push(Diagnostic::warning(id.as_str(), message));
            }
            workload.queries.push(Query {
                variants: vec![Variant {
                    role: said("role").as_deref().map(Into::into),
                    claims: said("claims"),
                    ..Variant::from(sql.as_str())
                }],
                calls: calls.unwrap_or(1.0),
                total_ms: None,
                id,
            });
        } else if sql.get(..4).is_some_and(|word| word.eq_ignore_ascii_case("set ")) {
            workload.session.push(sql);
        } else {
            let message = "it is no query, so it is left out";
            workload.notes.push(Diagnostic::note(id.as_str(), message));
        }
    }
    workload
}

/// What a comment says: `-- key: value`. sqlc writes `-- name: Feed :many`.
fn comment(text: &str, key: &str) -> Option<String> {
    let mut lines = text.lines().filter_map(|line| line.trim().strip_prefix("--"));
    lines.find_map(|line| {
        let value = line.trim().strip_prefix(key)?.strip_prefix(':')?.trim();
        let value = match value.rsplit_once(' ') {
            Some((value, kind)) if kind.starts_with(':') => value,
            _ => value,
        };
        Some(value.to_owned())
    })
}

fn without_comments(sql: &str) -> String {
    let lines = sql.lines().filter(|line| !line.trim_start().starts_with("--"));
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_say_more_of_a_statement() {
        let text = "set jit = off;\n-- name: Feed :many\n-- weight: 20\n-- role: app\nselect 1;\n\
                    create table t ();\nselect ';' -- not one\n;select 2";
        let workload = read(text, "q.sql");
        assert_eq!(workload.session, ["set jit = off"]);
        let shown = workload
            .queries
            .iter()
            .map(|query| (query.id.as_str(), query.calls))
            .collect::<Vec<_>>();
        assert_eq!(shown, [("Feed", 20.0), ("q.sql 4", 1.0), ("q.sql 5", 1.0)]);
        assert_eq!(workload.queries[0].variants[0].role.as_deref(), Some("app"));
        assert_eq!(workload.notes.len(), 1, "{:?}", workload.notes);
    }
}

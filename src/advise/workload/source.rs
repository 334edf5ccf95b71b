//! Where queries are kept: files of several kinds, the server's log, `pg_stat_statements`.

mod explained;
mod json;
mod log;
mod sql;

use std::collections::BTreeMap;
use std::path::Path;

use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::tokenizer::{Token, Tokenizer};

use super::{Query, Variant, Workload};
use crate::diagnostic::Diagnostic;
use crate::introspect::planner_statistics::{HIDDEN, StatementStatistics};
use crate::{Error, Result};

pub(super) use sql::statements;

/// Reads a workload: `.json` (queries with weights and variants), `.sql`, a folder of them or of sqlx's prepared queries
/// (`.sqlx`), or a log of PostgreSQL's (`stderr`, `csvlog` or `jsonlog`), which is told by its content.
///
/// # Errors
/// Where it cannot be read, or holds no query.
pub fn read(path: &Path) -> Result<Workload> {
    let workload = if path.is_dir() {
        folder(path)?
    } else {
        let text = std::fs::read(path).map_err(|error| {
            Error::io("cannot read", path, error)
                .with_hint("a workload is pg_stat_statements, a log, a file of queries or a folder of them")
        })?;
        let text = String::from_utf8_lossy(&text);
        match path.extension().and_then(|ending| ending.to_str()) {
            Some("sql") => sql::read(&text, &name(path)),
            Some("json") if json::is_workload(&text) => json::read(&text, path)?,
            _ => log::read(&text),
        }
    };
    if workload.queries.is_empty() {
        return Err(Error::new(format!("{} holds no query", path.display())).with_hint(
            "a log has queries where log_min_duration_statement is set; a file has statements; a folder has .sql files \
             or those of `cargo sqlx prepare`",
        ));
    }
    Ok(workload)
}

/// The workload that `pg_stat_statements` has counted. What manages transactions, settings and schemas is left out.
pub fn from_statements(rows: &[StatementStatistics]) -> Workload {
    let hidden = rows.iter().filter(|row| row.query == HIDDEN).count();
    let is_query = |row: &&StatementStatistics| Runs::of(&row.query).is_some() && !is_catalogs(&row.query);
    let queries = rows.iter().filter(is_query).map(|row| Query {
        id: format!("{} ({})", short(&row.query), row.id),
        variants: vec![Variant {
            sql: row.query.clone(),
            role: row.role.clone(),
            ..Variant::default()
        }],
        calls: row.calls as f64,
        total_ms: Some(row.total_ms),
    });
    let mut workload = Workload {
        queries: queries.collect(),
        ..Workload::default()
    };
    if hidden > 0 {
        let message = format!("{hidden} statements are left out: the role may not see what others have run");
        let noticed = Diagnostic::gap("pg_stat_statements", message);
        workload
            .notes
            .push(noticed.with_hint("GRANT pg_read_all_stats lets it"));
    }
    workload
}

/// All `.sql` files below a folder, and the prepared queries of sqlx's.
fn folder(path: &Path) -> Result<Workload> {
    let mut files = Vec::new();
    let mut folders = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).map_err(|error| Error::io("cannot read", &folder, error))?;
        for entry in entries {
            let path = entry.map_err(|error| Error::io("cannot read", &folder, error))?.path();
            match path.extension().and_then(|ending| ending.to_str()) {
                _ if path.is_dir() => folders.push(path),
                Some("sql" | "json") => files.push(path),
                _ => {}
            }
        }
    }
    files.sort();
    let mut workload = Workload::default();
    for path in files {
        let text = std::fs::read_to_string(&path).map_err(|error| Error::io("cannot read", &path, error))?;
        let read = match path.extension().is_some_and(|ending| ending == "sql") {
            true => sql::read(&text, &name(&path)),
            false => match json::prepared(&text) {
                Some(query) => Workload {
                    queries: vec![query],
                    ..Workload::default()
                },
                None => continue,
            },
        };
        workload.queries.extend(read.queries);
        workload.notes.extend(read.notes);
    }
    Ok(workload)
}

fn name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// One run that a log tells of.
#[derive(Clone, Debug, Default, PartialEq)]
struct Run {
    sql: String,
    values: Option<Vec<Option<String>>>,
    role: Option<crate::catalog::Name>,
    ms: Option<f64>,
}

/// Puts together the runs of the same query, whatever its constants.
fn together(runs: Vec<Run>, notes: Vec<Diagnostic>) -> Workload {
    /// The runs of one query that are kept.
    const KEPT: usize = 4;
    let mut queries = BTreeMap::<(String, Option<crate::catalog::Name>), Query>::new();
    for run in runs {
        if Runs::of(&run.sql).is_none() || is_catalogs(&run.sql) {
            continue;
        }
        let key = (shape(&run.sql), run.role.clone());
        let query = queries.entry(key).or_insert_with(|| Query {
            id: short(&run.sql),
            ..Query::default()
        });
        query.calls += 1.0;
        if let Some(ms) = run.ms {
            query.total_ms = Some(query.total_ms.unwrap_or(0.0) + ms);
        }
        let variant = Variant {
            sql: run.sql,
            values: run.values,
            role: run.role,
            claims: None,
        };
        if query.variants.len() < KEPT && !query.variants.contains(&variant) {
            query.variants.push(variant);
        }
    }
    let mut seen = BTreeMap::<String, u32>::new();
    let mut queries = queries.into_values().collect::<Vec<_>>();
    for query in &mut queries {
        let times = seen.entry(query.id.clone()).or_insert(0);
        *times += 1;
        if *times > 1 {
            query.id = format!("{} ({times})", query.id);
        }
    }
    Workload {
        queries,
        notes,
        ..Workload::default()
    }
}

/// The statement with `?` for its constants, and for lists of them.
fn shape(sql: &str) -> String {
    let Ok(tokens) = Tokenizer::new(&PostgreSqlDialect {}, sql).tokenize() else {
        return sql.to_owned();
    };
    let mut words = Vec::<String>::new();
    for token in tokens {
        let word = match token {
            Token::Whitespace(_) | Token::SemiColon => continue,
            Token::Number(..)
            | Token::SingleQuotedString(_)
            | Token::EscapedStringLiteral(_)
            | Token::DollarQuotedString(_)
            | Token::Placeholder(_) => "?".to_owned(),
            Token::Word(word) if word.quote_style.is_none() => word.value.to_lowercase(),
            other => other.to_string(),
        };
        if word == "?" && words.ends_with(&["?".to_owned(), ",".to_owned()]) {
            words.pop();
            continue;
        }
        words.push(word);
    }
    words.join(" ")
}

/// The beginning of a statement, in one line, as its name.
fn short(sql: &str) -> String {
    let line = sql.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// How a statement runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Runs {
    /// By a plan.
    Plan,
    /// It is `CALL`: a procedure's statements have plans.
    Procedure,
    /// It is `DO`: the statements in it have plans.
    Block,
}

impl Runs {
    /// How a statement runs; `None` where nothing in it has a plan.
    pub(super) fn of(sql: &str) -> Option<Self> {
        let mut rest = sql.trim_start();
        while let Some(comment) = rest.strip_prefix("--").and_then(|rest| rest.split_once('\n')) {
            rest = comment.1.trim_start();
        }
        while let Some(comment) = rest.strip_prefix("/*").and_then(|rest| rest.split_once("*/")) {
            rest = comment.1.trim_start();
        }
        let word = rest
            .trim_start_matches('(')
            .split(|letter: char| !letter.is_alphabetic())
            .next();
        match word.unwrap_or_default().to_ascii_lowercase().as_str() {
            "select" | "with" | "insert" | "update" | "delete" | "merge" | "values" | "table" => Some(Self::Plan),
            "call" => Some(Self::Procedure),
            "do" => Some(Self::Block),
            _ => None,
        }
    }
}

/// Whether a statement asks for nothing but catalogs, as tools do.
fn is_catalogs(sql: &str) -> bool {
    let text = sql.to_ascii_lowercase();
    text.contains("pg_catalog.") || text.contains(" pg_class") || text.contains("information_schema.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_that_differ_in_constants_are_one() {
        let same = [
            "SELECT a FROM t WHERE b IN (1, 2,3) AND c='x';",
            "select a from t where b in ($1) and c = $2",
        ];
        assert_eq!(shape(same[0]), shape(same[1]));
        assert_ne!(shape("select a from t"), shape("select b from t"));
    }

    #[test]
    fn only_what_has_a_plan_counts() {
        for sql in [
            "select 1",
            "/* x */ WITH a as (select 1) select 1",
            "(select 1)",
            "-- a\nupdate t set a = 1",
        ] {
            assert_eq!(Runs::of(sql), Some(Runs::Plan), "{sql}");
        }
        for sql in ["begin", "SET x = 1", "create table selects ()", "explain select 1", ""] {
            assert_eq!(Runs::of(sql), None, "{sql}");
        }
        assert_eq!(Runs::of("/* x */ call a.b(1)"), Some(Runs::Procedure));
        assert_eq!(Runs::of("DO $$ begin end $$"), Some(Runs::Block));
    }

    #[test]
    fn what_was_counted_keeps_its_time_and_role() {
        let row = |query: &str| StatementStatistics {
            query: query.to_owned(),
            role: Some("app".into()),
            calls: 10,
            total_ms: 5.0,
            rows: 3,
            id: "42".to_owned(),
        };
        let workload = from_statements(&[row("select a from t where b = $1"), row("commit"), row(HIDDEN)]);
        assert_eq!(workload.notes.len(), 1, "what is hidden is named: {workload:?}");
        assert!(workload.notes[0].is_gap, "and is no clean bill");
        let [query] = &workload.queries[..] else {
            panic!("{workload:?}")
        };
        assert_eq!((query.calls, query.total_ms), (10.0, Some(5.0)));
        assert_eq!(query.variants[0].role.as_deref(), Some("app"));
    }
}
